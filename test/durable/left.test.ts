// A workflow whose run leaves memory has not failed: it goes on in the next life.
import { afterAll, beforeEach, expect, test } from 'vitest'
import { durableHouse, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world)
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.effects.length = 0
})

const WAITS: Pair = {
  lua: `return Workflow.sequential{ name = 'w', steps = {
    { name = 'book', tool = 'world-unsafe', input = { text = 'book' },
      compensate = { tool = 'world-unsafe', input = { text = 'unbook' } } },
    { name = 'wait', run = function() return Run.wait_for('go') end } } }:execute().text`,
  javascript: `return (await (await Workflow.sequential({ name: 'w', steps: [
    { name: 'book', tool: 'world-unsafe', input: { text: 'book' },
      compensate: { tool: 'world-unsafe', input: { text: 'unbook' } } },
    { name: 'wait', run: () => Run.waitFor('go') }] })).execute()).text`,
}

test.each(LANGUAGES)('that waits is neither undone nor told as failed, in %s', async (language) => {
  const runId = `left-${language}`
  const lines: string[] = []
  const log = ({ message }: { readonly message: string }): void => void lines.push(message)
  const more = { log, durable: { runId, waitMs: 0 } }
  const ran = house.runtime.run(request(WAITS, language, runId, more))
  await expect(ran).rejects.toMatchObject({ code: 'RUN_WAITING' })
  const executor = await house.runtime.executor()
  await executor.signal(runId, { name: 'go', signalId: '1', payload: 'gone' })
  expect((await house.runtime.resume(runId, { log })).value).toBe('gone')
  expect(lines).toEqual([])
  expect(world.effects).toEqual(['unsafe book'])
})
