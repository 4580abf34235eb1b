// What outlives a run of an agent is the same in each of its lives.
import { afterAll, describe, expect, test } from 'vitest'
import { isSpellError } from '@llmspell/sdk'
import { durableHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Language, Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world)
afterAll(() => house.kernel.stop())

/** Each record is a place to be killed at; a few stand for all in the daily tests. */
const EACH = process.env['LLMSPELL_TEST_FULL'] === '1' ? 1 : 7

const PLACES = ['persist', 'session'] as const
type Place = (typeof PLACES)[number]

const LUA: Record<Place, string> = {
  persist: 'persist = true',
  session: 'session = Session.create()',
}
const JS: Record<Place, string> = {
  persist: 'persist: true',
  session: 'session: await Session.create()',
}

const script = (place: Place, name: string): Pair => ({
  lua: `
    local keeper = Agent.create{ name = '${name}', ${LUA[place]} }
    keeper:execute("hello")
    for _ in keeper:stream("and now?") do break end
    Run.checkpoint("half")
    local talk = keeper:conversation("aside")
    for _ in talk:stream("aside") do end
    local after = keeper:execute("again").text
    return { after, keeper:usage() }`,
  javascript: `
    const keeper = await Agent.create({ name: '${name}', ${JS[place]} })
    await keeper.execute('hello')
    for await (const _ of keeper.stream('and now?')) break
    await Run.checkpoint('half')
    const talk = await keeper.conversation('aside')
    for await (const _ of talk.stream('aside')) ;
    const after = (await keeper.execute('again')).text
    return [after, await keeper.usage()]`,
})

type Gives = [text: string, usage: Readonly<Record<string, number>>]

async function finished(place: Place, language: Language, runId: string): Promise<Gives> {
  try {
    const asked = request(script(place, runId), language, runId)
    return (await house.runtime.run(asked)).value as Gives
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'RUN_WAITING') throw error
    return resumed(runId)
  }
}

async function resumed(runId: string): Promise<Gives> {
  try {
    return (await house.runtime.resume(runId, { onUnknown: 'retry' })).value as Gives
  } catch (error) {
    if (!isSpellError(error) || error.code !== 'RUN_ENDED') throw error
    return (await house.runtime.replay(runId)).result?.value as Gives
  }
}

/** The same but for the time that it took. */
function timeless([text, usage]: Gives): unknown {
  const { duration_ms: _lua, durationMs: _js, ...counts } = usage
  return [text, counts]
}

async function identical(runId: string, value: Gives): Promise<void> {
  const { report, result } = await house.runtime.replay(runId)
  expect([runId, report.difference, report.identical]).toEqual([runId, undefined, true])
  expect(result?.value).toEqual(value)
}

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(PLACES)(
    'a run whose agent is kept by %s goes on wherever it was killed',
    async (place) => {
      world.at = () => {}
      const whole = `${language}-${place}`
      const value = await finished(place, language, whole)
      await identical(whole, value)
      const records = await house.history(whole)
      for (let n = 1; n < records.length; n += EACH) {
        const runId = `${whole}-${n}`
        killBehind(world, house, runId, n)
        const came = await finished(place, language, runId)
        expect([n, timeless(came)]).toEqual([n, timeless(value)])
        await identical(runId, came)
      }
    },
  )

  test.each(PLACES)(
    'a fork of a run whose agent is kept by %s goes on from its mark',
    async (place) => {
      world.at = () => {}
      const [runId, newRunId] = [`${language}-${place}-forked`, `${language}-${place}-fork`]
      const value = await finished(place, language, runId)
      const executor = await house.runtime.executor()
      const records = await house.history(runId)
      const at = records.find((record) => record.kind === 'mark' && record.label === 'half')!.n
      await executor.fork(runId, { newRunId, at })
      const came = await resumed(newRunId)
      expect(came[0]).toBe(value[0])
      await identical(newRunId, came)
    },
  )
})
