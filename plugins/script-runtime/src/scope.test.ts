import { SpellError } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { RunScope } from './scope.ts'

test('calls beyond the budget are refused, the ones within are numbered from 0', () => {
  const scope = new RunScope({ limits: { calls: 2 } })
  expect([scope.budget.call(), scope.budget.call()]).toEqual([0, 1])
  expect(() => scope.budget.call()).toThrow(
    expect.objectContaining({
      code: 'BUDGET_EXCEEDED',
      hint: expect.stringContaining('--max-calls'),
    }),
  )
})

test('output beyond the limit is refused', () => {
  const scope = new RunScope({ limits: { outputBytes: 4 } })
  scope.budget.output('1234')
  expect(() => scope.budget.output('5')).toThrow(expect.objectContaining({ code: 'OUTPUT_LIMIT' }))
})

test('a handle is found by id and type, in its own run only', () => {
  const scope = new RunScope({})
  const agent = { name: 'a' }
  const ref = scope.addHandle('Agent', agent, { name: 'a' })
  expect(scope.resolve(ref.id, 'Agent')).toBe(agent)
  expect(() => scope.resolve(ref.id, 'Tool')).toThrow(
    expect.objectContaining({ code: 'HANDLE_UNKNOWN' }),
  )
  expect(() => new RunScope({}).resolve(ref.id, 'Agent')).toThrow(
    "Agent 'agent_1' is not open in this run",
  )
})

test('shared things are made once and freed at the end, last first, failures collected', async () => {
  const scope = new RunScope({})
  const order: string[] = []
  const make = (name: string) => () => ({ value: name, dispose: () => void order.push(name) })
  expect(scope.share('a', make('a'))).toBe('a')
  expect(scope.share('a', make('other'))).toBe('a')
  scope.share('b', make('b'))
  scope.onEnd(() => {
    throw new SpellError('X', 'end failed')
  })
  expect((await scope.close()).map(String)).toEqual(['SpellError: end failed'])
  expect(order).toEqual(['b', 'a'])
})

test('a time limit and a caller both end the run with their reason', async () => {
  const timed = new RunScope({ limits: { timeMs: 10 } })
  await new Promise((resolve) => setTimeout(resolve, 40))
  expect(() => timed.check()).toThrow(expect.objectContaining({ code: 'TIMEOUT' }))
  const caller = new AbortController()
  const called = new RunScope({ signal: caller.signal })
  caller.abort()
  expect(() => called.check()).toThrow(expect.objectContaining({ code: 'CANCELLED' }))
})

test('a closed run leaves no listener on the signal of its caller', async () => {
  const caller = new AbortController()
  let listeners = 0
  const { addEventListener, removeEventListener } = caller.signal
  caller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++
    addEventListener.apply(caller.signal, args)
  }
  caller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--
    removeEventListener.apply(caller.signal, args)
  }
  await new RunScope({ signal: caller.signal }).close()
  expect(listeners).toBe(0)
})
