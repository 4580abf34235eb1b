import type { AnswerChunk } from '@llmspell/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf, Line, MODEL } from './line.ts'

let line: Line
beforeAll(async () => {
  line = await Line.open({ retry: { max_attempts: 1 }, breaker: { failures: 1000 } })
  // The library behind it is loaded by the first call.
  await line.generate()
})
afterAll(() => line[Symbol.asyncDispose]())

const within = (timeouts: object) => ({ model: MODEL, timeouts })
const TIMEOUT = { code: 'PROVIDER_FAILED', details: { kind: 'timeout', retryable: true } }

/** The server has seen its client leave. */
async function freed(): Promise<void> {
  await expect.poll(() => line.server.last.closed, { timeout: 2000 }).toBe(true)
}

describe('a server that is silent', () => {
  test('from the start is let go of', async () => {
    line.behave(() => ({ hang: true }))
    const error = await failureOf(line.stream(within({ first: '80ms' })))
    expect(error).toMatchObject(TIMEOUT)
    expect(error.message).toBe(
      "Provider 'openai' is silent: expected the first word of an answer within 80 ms, found nothing.",
    )
    expect(error.hint).toBe("Ask again, or raise 'timeouts.first' of the model.")
    await freed()
  })

  test('from the start is asked again', async () => {
    const patient = await Line.open({ retry: { base_ms: 1 }, timeouts: { first: 80 } })
    await patient.generate(within({ whole: '1m' }))
    patient.behave((index) => (index === 0 ? { hang: true } : { text: 'Well.' }))
    expect((await patient.stream()).at(-1)).toMatchObject({ type: 'finish', attempts: 2 })
    await patient[Symbol.asyncDispose]()
  })

  test('after some words fails with what it said', async () => {
    line.behave(() => ({ text: 'one two three', hold: new Promise(() => {}) }))
    const chunks: AnswerChunk[] = []
    expect(await failureOf(line.stream(within({ between: 80 }), chunks))).toMatchObject(TIMEOUT)
    expect(chunks[0]).toEqual({ type: 'text', text: 'one' })
    expect(line.server.requests).toHaveLength(1)
    await freed()
  })

  test('with a whole answer has a limit of its own', async () => {
    line.behave(() => ({ hang: true }))
    const limits = within({ whole: 80, first: 1, between: 1 })
    expect(await failureOf(line.generate(limits))).toMatchObject(TIMEOUT)
    await freed()
  })

  test('for shorter than that is waited for', async () => {
    line.behave(() => ({ text: 'one two three four', delayMs: 60 }))
    const chunks = await line.stream(within({ first: 2000, between: 2000 }))
    expect(chunks.at(-1)).toMatchObject({ type: 'finish' })
  })
})

test('a drip without words is silence as well', async () => {
  line.behave(() => ({ text: 'one two three', dripMs: 40 }))
  const started = performance.now()
  expect(await failureOf(line.stream(within({ first: 150 })))).toMatchObject(TIMEOUT)
  expect(performance.now() - started).toBeLessThan(2000)
  await freed()
})
