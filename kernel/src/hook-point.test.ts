import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { deny, type HookKind } from '@llmspell/sdk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CLOSED, pointOf } from '../test/points.ts'
import { currentFrame, guarded } from './guarded.ts'
import { compile, FAILURES_IN_A_ROW } from './hook-kinds.ts'
import { HookPoint } from './hook-point.ts'

const boom = () => {
  throw new Error('boom')
}

describe('a point without taps', () => {
  test.each(['guard', 'observe', 'series', 'choose'] as const)(
    '%s answers nothing',
    async (kind) => {
      const { point } = pointOf(kind)
      expect(point.used).toBe(false)
      expect(await point.call(1)).toBeUndefined()
    },
  )

  test('transform answers its payload; notify nothing, at once', async () => {
    expect(await pointOf('transform').point.call('same')).toBe('same')
    expect(pointOf('notify').point.call(1)).toBeUndefined()
  })
})

describe('taps', () => {
  test('can be removed, also twice, and the point is unused again', async () => {
    const { point, tap } = pointOf('series')
    const seen: string[] = []
    const undo = tap('a', () => void seen.push('a'))
    tap('b', () => void seen.push('b'))
    expect(point.used).toBe(true)
    await point.call(0)
    undo()
    undo()
    await point.call(0)
    expect(seen).toEqual(['a', 'b', 'b'])
    point.taps.forEach((entry) => point.remove(entry))
    expect(point.used).toBe(false)
  })

  test('that come or go during a call do not change that call', async () => {
    const { point, tap } = pointOf('series')
    const seen: string[] = []
    const undo = { b: () => undefined as void }
    tap('a', () => {
      seen.push('a')
      undo.b()
      tap('c', () => void seen.push('c'))
    })
    undo.b = tap('b', () => void seen.push('b'))
    await point.call(0)
    expect(seen).toEqual(['a', 'b'])
    await point.call(0)
    expect(seen).toEqual(['a', 'b', 'a', 'c'])
  })

  test('run by stage, then by plan, whenever they came', async () => {
    const entries = fc.uniqueArray(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat(5)), {
      maxLength: 8,
      selector: ([stage, order]) => stage * 10 + order,
    })
    await fc.assert(
      fc.asyncProperty(entries, async (places) => {
        const { point, tap } = pointOf('series')
        const seen: (readonly [number, number])[] = []
        for (const [stage, order] of places)
          tap('p', () => void seen.push([stage, order]), { stage, order })
        await point.call(0)
        expect(seen).toEqual([...places].sort((a, b) => a[0] - b[0] || a[1] - b[1]))
      }),
    )
  })
})

describe('kinds', () => {
  test('guard: the first denial wins and ends the call; nothing is a yes', async () => {
    const { point, tap, reports } = pointOf('guard')
    const last = vi.fn<() => void>()
    tap('a', () => undefined)
    tap('b', async () => undefined)
    tap('c', async () => deny('no'))
    tap('d', last)
    expect(await point.call({})).toEqual({ denied: true, reason: 'no' })
    expect(last).not.toHaveBeenCalled()
    expect(reports).toEqual([])
  })

  test.each([
    [false, 'false'],
    [true, 'true'],
    [null, 'null'],
    [42, '42'],
    ['denied', 'denied'],
    [{ denied: 'yes' }, 'object'],
  ])('guard: %j is no answer, so it denies and is reported', async (answer, shown) => {
    for (const fn of [() => answer, () => Promise.resolve(answer)]) {
      const { point, tap, reports } = pointOf('guard')
      tap('a', fn)
      const denial = await point.call({})
      expect(denial).toMatchObject({ denied: true, reason: expect.stringContaining("Plugin 'a'") })
      expect(denial).toMatchObject({ reason: expect.stringContaining(shown) })
      expect(reports).toEqual([{ owner: 'a', off: false }])
    }
  })

  test('guard: a tap that throws denies and is reported', async () => {
    const { point, tap, reports } = pointOf('guard')
    tap('a', boom)
    expect(await point.call({})).toMatchObject({
      denied: true,
      reason: expect.stringContaining("Plugin 'a'"),
    })
    expect(reports).toEqual([{ owner: 'a', off: false }])
  })

  test('guard: is never switched off', async () => {
    const { point, tap } = pointOf('guard')
    tap('a', boom)
    for (let i = 0; i < FAILURES_IN_A_ROW + 1; i++)
      expect(await point.call({})).toMatchObject({ denied: true })
  })

  test('transform: each tap gets what the one before made; nothing means no change', async () => {
    const { point, tap } = pointOf('transform')
    tap('a', (text: string) => `${text}a`)
    tap('b', () => undefined)
    tap('c', async (text: string) => `${text}c`)
    tap('d', () => null)
    expect(await point.call('-')).toBe('-ac')
  })

  test('transform: a tap that throws fails the operation', async () => {
    const { point, tap } = pointOf('transform')
    tap('a', boom)
    await expect(point.call('x')).rejects.toMatchObject({ code: 'HOOK_FAILED', owner: 'a' })
  })

  test('observe: all run at once, and one that throws leaves the others alone', async () => {
    const { point, tap, reports } = pointOf('observe')
    const seen: string[] = []
    tap('a', async () => {
      await Promise.resolve()
      seen.push('a')
    })
    tap('b', boom)
    tap('c', () => void seen.push('c'))
    expect(await point.call({})).toBeUndefined()
    expect(seen).toEqual(['c', 'a'])
    expect(reports).toEqual([{ owner: 'b', off: false }])
  })

  test('series: one after the other, and one that throws is passed over', async () => {
    const { point, tap, reports } = pointOf('series')
    const seen: string[] = []
    tap('a', async () => {
      await Promise.resolve()
      seen.push('a')
    })
    tap('b', boom)
    tap('c', () => void seen.push('c'))
    await point.call({})
    expect(seen).toEqual(['a', 'c'])
    expect(reports).toHaveLength(1)
  })

  test('choose: the first answer wins, and one that throws is passed over', async () => {
    const { point, tap } = pointOf('choose')
    tap('a', boom)
    tap('b', () => null)
    tap('c', () => 'answer')
    tap('d', () => 'late')
    expect(await point.call({})).toBe('answer')
  })

  test.each(['observe', 'notify'] as const)(
    '%s: five failures in a row switch a tap off',
    async (kind) => {
      const { point, tap, reports } = pointOf(kind)
      let fail = true
      tap('a', () => void (fail && boom()))
      const call = async (times: number) => {
        for (let i = 0; i < times; i++) await point.call({})
      }
      await call(FAILURES_IN_A_ROW - 1)
      fail = false
      await call(1)
      fail = true
      await call(FAILURES_IN_A_ROW)
      expect(reports.map(({ off }) => off)).toEqual([
        ...Array.from({ length: 8 }, () => false),
        true,
      ])
      expect(point.used).toBe(false)
    },
  )
})

describe('time', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('a guard that hangs denies after its limit', async () => {
    const { point, tap } = pointOf('guard')
    tap('a', () => new Promise(() => undefined), { timeout: 20 })
    const call = point.call({}) as Promise<unknown>
    await vi.advanceTimersByTimeAsync(20)
    expect(await call).toMatchObject({
      reason: "Plugin 'a' did not finish its tap on 'x.y' in 0.02 s.",
    })
  })

  test('taps without a limit of their own have the default', async () => {
    const { point, tap, reports } = pointOf('observe')
    tap('a', () => new Promise(() => undefined))
    const call = point.call({}) as Promise<unknown>
    await vi.advanceTimersByTimeAsync(100)
    await call
    expect(reports).toHaveLength(1)
  })
})

describe('owners', () => {
  test.each(['guard', 'transform', 'observe', 'series', 'choose'] as const)(
    '%s: every tap runs as its own owner, also later, and the caller stays who it is',
    async (kind) => {
      const { point, tap } = pointOf(kind)
      const seen: (string | undefined)[] = []
      const look = () => void seen.push(currentFrame()?.owner)
      const lookTwice = async () => {
        look()
        await Promise.resolve()
        look()
      }
      for (const owner of ['a', 'b', 'b', 'a']) tap(owner, owner === 'a' ? look : lookTwice)
      const asked = guarded(
        'host',
        'call',
        async () => {
          await point.call({})
          return currentFrame()?.owner
        },
        100,
      )
      expect(currentFrame()).toBeUndefined()
      expect(await asked).toBe('host')
      expect(seen).toHaveLength(6)
      expect(seen.filter((owner) => owner === 'a')).toHaveLength(2)
      expect(seen.filter((owner) => owner === 'b')).toHaveLength(4)
      expect(currentFrame()).toBeUndefined()
    },
  )

  test('what a host keeps in a store of its own reaches every tap', async () => {
    const { point, tap } = pointOf('series')
    const store = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    tap('a', () => void seen.push(store.getStore()))
    tap('b', async () => void seen.push(store.getStore()))
    tap('c', () => void seen.push(store.getStore()))
    await store.run('mine', () => point.call({}))
    expect(seen).toEqual(['mine', 'mine', 'mine'])
  })

  test('a tap after one that ran out of time belongs to the same call', async () => {
    const { point, tap } = pointOf('series')
    const store = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    tap('a', () => new Promise(() => undefined), { timeout: 5 })
    tap('b', () => void seen.push([store.getStore(), currentFrame()?.owner]))
    await Promise.all(['one', 'two'].map((name) => store.run(name, () => point.call({}))))
    expect(seen).toEqual([
      ['one', 'b'],
      ['two', 'b'],
    ])
  })
})

describe('one tap', () => {
  test.each([
    ['guard', () => deny('no'), deny('no')],
    ['guard', () => undefined, undefined],
    ['transform', (text: string) => `${text}!`, 'x!'],
    ['transform', () => undefined, 'x'],
    ['observe', () => 'ignored', undefined],
    ['series', () => 'ignored', undefined],
    ['choose', () => 'answer', 'answer'],
  ] as const)('%s: gives what several would', async (kind, fn, expected) => {
    const { point, tap } = pointOf(kind)
    tap('a', fn)
    expect(await point.call('x')).toEqual(expected)
  })

  test('that answers later than its limit is not heard', async () => {
    const { point, tap, reports } = pointOf('guard')
    const { promise, resolve } = Promise.withResolvers<undefined>()
    tap('a', () => promise, { timeout: 5 })
    expect(await point.call({})).toMatchObject({ denied: true })
    resolve(undefined)
    await promise
    expect(reports).toHaveLength(1)
  })

  test('may give a promise of its own making', async () => {
    const { point, tap } = pointOf('transform')
    // oxlint-disable-next-line unicorn/no-thenable -- the case under test
    tap('a', () => ({ then: (resolve: (text: string) => void) => resolve('made') }))
    expect(await point.call('x')).toBe('made')
  })
})

test.each([1, 2])('a log that throws fails the call of a guard with %i taps', async (count) => {
  const point = new HookPoint('x.y', 'guard', {
    compile: (of, taps) => {
      const report = () => {
        // oxlint-disable-next-line typescript/only-throw-error -- the case under test
        throw undefined
      }
      return compile(of, taps, { point: 'x.y', limit: 100, rules: CLOSED, report })
    },
    wake: () => Promise.resolve(undefined),
  })
  for (let order = 0; order < count; order++)
    point.tap({ owner: 'a', fn: boom, stage: 0, order, timeout: undefined })
  await expect(point.call({})).rejects.toThrow('undefined')
})

describe('plugins that are not active yet', () => {
  function lazy(kind: HookKind, wake: (point: HookPoint, ids: readonly string[]) => void) {
    const point: HookPoint = new HookPoint('x.y', kind, {
      compile: (of, taps) =>
        compile(of, taps, {
          point: 'x.y',
          limit: 100,
          rules: CLOSED,
          report: () => undefined,
        }),
      wake: (ids) => Promise.resolve(wake(point, ids)).then(() => undefined),
    })
    return point
  }

  test('make a point used, and the first call wakes them before it goes on', async () => {
    const point = lazy('transform', (it, ids) => {
      expect(ids).toEqual(['a'])
      it.tap({ owner: 'a', fn: (x: number) => x + 1, stage: 0, order: 0, timeout: undefined })
      it.settle('a')
    })
    point.expect('a')
    expect(point.used).toBe(true)
    expect(await point.call(1)).toBe(2)
    expect(await point.call(2)).toBe(3)
  })

  test('are woken before any call where somebody has to know who will be asked', async () => {
    const wake = vi.fn<(point: HookPoint) => void>((it) => it.settle('a'))
    const point = lazy('guard', wake)
    point.expect('a')
    await point.ready()
    await point.ready()
    expect(wake).toHaveBeenCalledTimes(1)
    expect(point.used).toBe(false)
  })

  test('are not woken by a synchronous call', () => {
    const wake = vi.fn<() => void>()
    const point = lazy('notify', wake)
    point.expect('a')
    point.call(1)
    expect(wake).not.toHaveBeenCalled()
  })

  test('answer for themselves when they are lost, until the point is settled', async () => {
    const point = lazy('guard', () => undefined)
    point.lose('a', { answer: deny('gone') })
    expect(point.used).toBe(true)
    expect(await point.call({})).toEqual(deny('gone'))
    point.settle('a')
    expect(point.used).toBe(false)
  })
})
