import { openEngineHost } from '@llmspell/sdk/testing'
import { expect, it } from 'vitest'
import { engine } from './index.ts'

const file = 'main.lua'

async function failure(options: string): Promise<unknown> {
  const { session } = await openEngineHost(engine, file)
  const source = `Async.map({ 1 }, function() end, ${options})`
  return session.run({ source, file }).catch((error: unknown) => error)
}

it.each(['0', '-1', '0.5', '"x"'])('Async.map refuses %s at a time', async (most) => {
  const message = expect.stringContaining('a whole number of at least 1') as string
  const error = { code: 'INPUT_INVALID', message }
  expect(await failure(`{ max_concurrency = ${most} }`)).toMatchObject(error)
})

it('Async.map refuses an option that it does not have', async () => {
  const error = { code: 'INPUT_INVALID', hint: "Did you mean 'max_concurrency'?" }
  expect(await failure('{ max_concurency = 2 }')).toMatchObject(error)
  expect(await failure('{ max_concurrency = 2 }')).toBeUndefined()
})
