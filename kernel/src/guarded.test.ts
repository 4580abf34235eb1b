import { SpellError } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from './codes.ts'
import { currentFrame, guarded, guardedSync, note } from './guarded.ts'
import { armedLimits } from './limits.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const never = () => new Promise<never>(() => undefined)

describe('guarded', () => {
  test('gives what the code gives, now or later', async () => {
    expect(await guarded('p', 'setup', () => 1, 10)).toBe(1)
    expect(await guarded('p', 'setup', async () => 2, 10)).toBe(2)
  })

  test.each([
    ['load', 'PLUGIN_LOAD'],
    ['config', 'CONFIG_INVALID'],
    ['setup', 'PLUGIN_SETUP'],
    ['tap', 'HOOK_FAILED'],
    ['call', 'PLUGIN_CALL'],
    ['dispose', 'PLUGIN_DISPOSE'],
  ] as const)('gives a failure in %s the code %s', async (step, code) => {
    const cause = new TypeError('no')
    const run = guarded('p', step, () => Promise.reject(cause), 10)
    await expect(run).rejects.toMatchObject({
      code,
      owner: 'p',
      step,
      cause,
      message: `Plugin 'p' failed in ${step}: no`,
    })
  })

  test('wraps what is no error', async () => {
    await expect(
      guarded('p', 'setup', () => Promise.reject('text' as never), 10),
    ).rejects.toMatchObject({
      message: "Plugin 'p' failed in setup: text",
    })
  })

  test('lets the answer of a call keep its code, but not a failure of setup', async () => {
    const own = new SpellError('BUDGET', 'spent')
    const fail = () => Promise.reject(own)
    await expect(guarded('p', 'call', fail, 10)).rejects.toBe(own)
    await expect(guarded('p', 'setup', fail, 10)).rejects.toMatchObject({
      code: 'PLUGIN_SETUP',
      cause: own,
    })
  })

  test("lets the kernel's own word about the owner through, and wraps one about another", async () => {
    const own = failure('SERVICE_UNDECLARED', 'p', 'setup', 'undeclared')
    const other = failure('PLUGIN_SETUP', 'q', 'setup', 'other')
    await expect(guarded('p', 'setup', () => Promise.reject(own), 10)).rejects.toBe(own)
    await expect(guarded('p', 'setup', () => Promise.reject(other), 10)).rejects.toMatchObject({
      owner: 'p',
      cause: other,
    })
  })

  test('ends waiting after the limit and names the last step', async () => {
    const run = guarded('p', 'setup', () => (note("provide 'x'"), never()), 10_000).catch(
      (e: unknown) => e,
    )
    await Promise.resolve()
    expect(armedLimits()).toBe(1)
    await vi.advanceTimersByTimeAsync(9_998)
    expect(armedLimits()).toBe(1)
    await vi.advanceTimersByTimeAsync(2)
    expect(armedLimits()).toBe(0)
    expect(await run).toMatchObject({
      code: 'PLUGIN_TIMEOUT',
      message: "Plugin 'p' did not finish setup in 10 s (last: provide 'x').",
    })
  })

  test('needs no timer for what is finished, and none without a limit', async () => {
    void (await guarded('p', 'tap', () => 1, 10))
    void (await guarded('p', 'tap', async () => 1, 10))
    const { promise, resolve } = Promise.withResolvers<number>()
    const run = guarded('p', 'tap', () => promise, Infinity)
    expect(vi.getTimerCount()).toBe(0)
    resolve(3)
    expect(await run).toBe(3)
  })

  test('carries the owner into promises and timers', async () => {
    vi.useRealTimers()
    const timer = Promise.withResolvers<string | undefined>()
    const seen: (string | undefined)[] = []
    await guarded(
      'p',
      'setup',
      async () => {
        await Promise.resolve()
        seen.push(currentFrame()?.owner)
        setTimeout(() => timer.resolve(currentFrame()?.owner), 1)
      },
      1_000,
    )
    expect([...seen, await timer.promise]).toEqual(['p', 'p'])
    expect(currentFrame()).toBeUndefined()
  })

  test('remembers whose activation it runs in, however deep', async () => {
    await guarded(
      'p',
      'setup',
      () =>
        guarded(
          'q',
          'tap',
          () => {
            expect(currentFrame()).toMatchObject({ owner: 'q', activation: 'p' })
          },
          10,
        ),
      10,
    )
  })
})

test('the synchronous twin wraps and carries too', () => {
  expect(guardedSync('p', 'tap', () => currentFrame()?.owner)).toBe('p')
  const fail = () =>
    guardedSync(
      'p',
      'tap',
      () => {
        throw new Error('no')
      },
      "its tap on 'x.y'",
    )
  expect(fail).toThrow("Plugin 'p' failed in its tap on 'x.y': no")
})
