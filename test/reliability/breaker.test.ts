import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf, Line } from './line.ts'

const OPEN_MS = 400
let line: Line
beforeEach(async () => {
  line = await Line.open({ retry: { max_attempts: 1 }, breaker: { failures: 3, open_ms: OPEN_MS } })
})
afterEach(() => line[Symbol.asyncDispose]())

interface Row {
  readonly name: string
  readonly available: boolean
  readonly reason?: string
}

const row = (name: string) =>
  line.act(async (context) => {
    const rows = (await context.call('Provider', 'list', [])) as readonly Row[]
    return rows.find((each) => each.name === name)!
  })

const states = () => line.changes.map(({ state }) => state)

async function broken(): Promise<void> {
  line.behave(() => ({ status: 500 }))
  for (let i = 0; i < 3; i++) await failureOf(line.generate())
}

test('a server that fails is left alone, and everybody is told', async () => {
  await broken()
  expect(await failureOf(line.generate())).toMatchObject({
    code: 'PROVIDER_FAILED',
    message: expect.stringMatching(
      /the last 3 calls failed \(server\): it is tried again in \d+ ms/,
    ),
    hint: expect.stringMatching(/^Ask again in 1 s, or name another model/),
    details: { kind: 'server', retryable: false, retry_after_ms: expect.any(Number) },
  })
  expect(line.server.requests).toHaveLength(3)
  expect(line.changes).toEqual([
    {
      provider: 'openai',
      endpoint: line.server.origin,
      state: 'open',
      failures: 3,
      kind: 'server',
    },
  ])
  expect(await row('openai')).toMatchObject({
    available: false,
    reason: expect.stringContaining('it is tried again in'),
  })
  expect(await row('other')).toMatchObject({ available: true })
})

test('then one call tries it, and others wait for what comes of it', async () => {
  await broken()
  await new Promise((resolve) => setTimeout(resolve, OPEN_MS))
  line.behave(() => ({ text: 'Well.', delayMs: 100 }))
  const [probe, ...others] = await Promise.allSettled([1, 2, 3].map(() => line.generate()))
  expect(probe).toMatchObject({ status: 'fulfilled', value: { text: 'Well.' } })
  expect(others.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(line.server.requests).toHaveLength(1)
  expect(await line.generate()).toMatchObject({ text: 'Well.' })
  expect(states()).toEqual(['open', 'half_open', 'closed'])
  expect(await row('openai')).toMatchObject({ available: true })
})

test('a probe that fails closes nothing', async () => {
  await broken()
  await new Promise((resolve) => setTimeout(resolve, OPEN_MS))
  await failureOf(line.generate())
  await failureOf(line.generate())
  expect(line.server.requests).toHaveLength(4)
  expect(states()).toEqual(['open', 'half_open', 'open'])
})

test('refusals are answers', async () => {
  line.behave(() => ({ status: 401 }))
  for (let i = 0; i < 6; i++) await failureOf(line.generate())
  expect(line.server.requests).toHaveLength(6)
  expect(line.changes).toEqual([])
})
