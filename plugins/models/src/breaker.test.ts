import type { FailureKind } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { Breaker } from './breaker.ts'
import type { BreakerChange } from './breaker.ts'

const rules = { failures: 3, within_ms: 1000, open_ms: 500 }

function breaker() {
  const clock = { now: 0 }
  const changes: BreakerChange[] = []
  const it = new Breaker(
    ['openai', 'https://a'],
    rules,
    () => clock.now,
    (change) => void changes.push(change),
  )
  const call = (outcome?: FailureKind | 'none'): void => it.enter()(outcome)
  return { it, clock, changes, call, states: () => changes.map(({ state }) => state) }
}

test('opens after failures in a row, and says so at once to all that come', () => {
  const { it, call, changes, clock } = breaker()
  for (const kind of ['server', 'network', 'timeout'] as const) call(kind)
  expect(changes).toEqual([
    { provider: 'openai', endpoint: 'https://a', state: 'open', failures: 3, kind: 'timeout' },
  ])
  clock.now = 100
  expect(() => it.enter()).toThrow(
    expect.objectContaining({
      code: 'PROVIDER_FAILED',
      message:
        "Provider 'openai' is not asked for now: the last 3 calls failed (timeout): it is tried again in 400 ms. Nothing was sent.",
      hint: 'Ask again in 1 s, or name another model under fallback.',
      details: { provider: 'openai', kind: 'timeout', retryable: false, retry_after_ms: 400 },
    }),
  )
})

test.each(['rate', 'auth', 'request', undefined] as const)(
  '%s shows that the server lives',
  (kind) => {
    const { it, call } = breaker()
    for (let i = 0; i < 5; i++) {
      call('server')
      call('server')
      call(kind)
    }
    expect(it.wait).toBeUndefined()
  },
)

test('forgets failures of long ago, and calls that show nothing', () => {
  const { it, call, clock } = breaker()
  for (let i = 0; i < 10; i++) {
    call('server')
    call('none')
    clock.now += 600
  }
  expect(it.wait).toBeUndefined()
})

test('lets one call at a time try', () => {
  const { it, call, clock, states } = breaker()
  for (let i = 0; i < 3; i++) call('server')
  clock.now = 500
  const probe = it.enter()
  expect(it.reason).toContain('it is being tried again')
  expect(() => it.enter()).toThrow('is not asked for now')
  probe('none')
  const second = it.enter()
  second('server')
  expect(() => it.enter()).toThrow('is not asked for now')
  clock.now = 1000
  it.enter()()
  call()
  expect(states()).toEqual(['open', 'half_open', 'open', 'half_open', 'closed'])
})

test('a call from before it opened changes nothing', () => {
  const { it, call } = breaker()
  const [late, other] = [it.enter(), it.enter()]
  for (let i = 0; i < 3; i++) call('server')
  late()
  other('server')
  expect(it.wait).toBe(500)
})
