import { describe, expect, test, vi } from 'vitest'
import { inline, loosePoint, type ManifestParts } from '../test/plugins.ts'
import { createKernel, type InlinePlugin } from './index.ts'
import { withKernel } from './testing.ts'

/** Inline plugins that write their ids down when they are set up and disposed. */
function traced() {
  const log: string[] = []
  const plugin = (id: string, parts: ManifestParts = {}): InlinePlugin => {
    const { manifest, plugin: original } = inline(id, parts)
    const run = original as { setup(ctx: unknown): Promise<void>; $llmspell: 'plugin/2' }
    return {
      manifest,
      plugin: {
        $llmspell: 'plugin/2',
        async setup(ctx: { defer(fn: () => void): void }) {
          ctx.defer(() => void log.push(`-${id}`))
          await run.setup(ctx)
          log.push(`+${id}`)
        },
      } as never,
    }
  }
  return { log, plugin }
}

const points = {
  points: { things: {} },
  hookPoints: [{ name: 'own.guard', kind: 'guard', doc: 'x' }],
} as const

describe('a plugin activates', () => {
  test('not at all while nothing of it is needed', async () => {
    const { log, plugin } = traced()
    const parts = {
      provides: { a: '1.0.0' },
      contributes: { ...points, things: [{ name: 'x', text: 'shown' }] },
    }
    await withKernel([plugin('a', parts)], (kernel) => {
      expect(kernel.extensions.list('things').map(({ item }) => item)).toEqual([
        { name: 'x', text: 'shown' },
      ])
      expect(kernel.report()).toMatchObject({ imports: 0, plugins: [{ state: 'resolved' }] })
    })
    expect(log).toEqual([])
  })

  test('when an activating plugin requires its service', async () => {
    const { log, plugin } = traced()
    const user = plugin('user', { requires: { a: '^1' }, activation: 'startup' })
    await withKernel([user, plugin('a', { provides: { a: '1.0.0' } })], () => undefined)
    expect(log).toEqual(['+a', '+user', '-user', '-a'])
  })

  test('when it is optional, and its failure does not matter', async () => {
    const { log, plugin } = traced()
    const broken = inline('broken', { provides: { b: '1.0.0' } }, () =>
      Promise.reject(new Error('no')),
    )
    const found: unknown[] = []
    const user = inline(
      'user',
      { optional: { a: '^1', b: '^1', c: '^1' }, activation: 'startup' },
      (ctx) => {
        found.push(ctx.find('a'), ctx.find('b'), ctx.find('c'))
      },
    )
    await withKernel([user, broken, plugin('a', { provides: { a: '1.0.0' } })], () => undefined)
    expect(log).toEqual(['+a', '-a'])
    expect(found).toEqual([{ name: 'a' }, undefined, undefined])
  })

  test('when a name that it contributes is fetched, once for all who ask', async () => {
    const { log, plugin } = traced()
    const parts = { contributes: { ...points, things: [{ name: 'x' }, { name: 'y' }] } }
    await withKernel([plugin('a', parts)], async ({ extensions }) => {
      const get = (name: string) => extensions.get('things' as never, name)
      expect(await Promise.all([get('x'), get('y'), get('x')])).toEqual(['x', 'y', 'x'])
    })
    expect(log).toEqual(['+a', '-a'])
  })

  test('when a point that it taps is called for the first time', async () => {
    const { log, plugin } = traced()
    const tapper = plugin('tapper', { contributes: { hooks: ['own.guard'] } })
    await withKernel([plugin('owner', { contributes: points }), tapper], async (kernel) => {
      const point = loosePoint(kernel, 'own.guard')
      expect(point.used).toBe(true)
      expect(log).toEqual([])
      await Promise.all([point.call({}), point.call({})])
      expect(log).toEqual(['+tapper'])
    })
  })

  test('at the start of its phase when it taps a point that cannot wait', async () => {
    const { log, plugin } = traced()
    const tapper = plugin('tapper', { contributes: { hooks: ['kernel.pluginActivated'] } })
    await withKernel([tapper], () => undefined)
    expect(log).toEqual(['+tapper', '-tapper'])
  })

  test('at start when it says so, phase by phase', async () => {
    const { log, plugin } = traced()
    const at = (phase: ManifestParts['phase'] & string) =>
      plugin(phase, { phase, activation: 'startup' })
    await withKernel([at('globals'), at('core'), at('infrastructure')], () => undefined)
    expect(log.slice(0, 3)).toEqual(['+infrastructure', '+core', '+globals'])
  })

  test('and is told of to those who tap it', async () => {
    const seen: unknown[] = []
    const tapper = inline(
      'tapper',
      { contributes: { hooks: ['kernel.pluginActivated', 'kernel.pluginFailed'] } },
      (ctx) => {
        ctx.tap('kernel.pluginActivated', (payload) => void seen.push(payload))
        ctx.tap('kernel.pluginFailed', (payload) => void seen.push(payload))
      },
    )
    const late = inline('late', { activation: 'startup', phase: 'globals' })
    const bad = inline('bad', { activation: 'startup', phase: 'globals' }, () =>
      Promise.reject(new Error('no')),
    )
    await withKernel([tapper, late, bad], () => undefined)
    expect(seen).toMatchObject([
      { id: 'tapper' },
      { id: 'late' },
      { id: 'bad', code: 'PLUGIN_SETUP' },
    ])
    expect(Object.isFrozen(seen[0])).toBe(true)
  })
})

describe('a call of a hook during an activation', () => {
  const owner = (setup?: Parameters<typeof inline>[2]) =>
    inline(
      'owner',
      {
        requires: { hooks: '^1' },
        provides: { o: '1.0.0' },
        contributes: points,
        activation: 'startup',
      },
      setup,
    )

  test('denies instead of waiting for a guard that needs the activating plugin', async () => {
    let answer: unknown
    const calls = owner(async (ctx) => {
      ctx.provide('o', 1)
      answer = await loosePoint({ hooks: ctx.use('hooks') }, 'own.guard').call({})
    })
    const guard = inline('guard', { requires: { o: '^1' }, contributes: { hooks: ['own.guard'] } })
    await withKernel([calls, guard], async (kernel) => {
      expect(answer).toMatchObject({
        denied: true,
        reason: expect.stringContaining('owner → guard → owner'),
      })
      expect(await loosePoint(kernel, 'own.guard').call({})).toBeUndefined()
      expect(kernel.list().map(({ state }) => state)).toEqual(['active', 'active'])
    })
  })

  test("may not be of another plugin's point", async () => {
    const thief = inline('thief', { requires: { hooks: '^1' }, activation: 'startup' }, (ctx) => {
      loosePoint({ hooks: ctx.use('hooks') }, 'own.guard')
    })
    await withKernel([owner(), thief], (kernel) => {
      expect(kernel.list().find(({ id }) => id === 'thief')?.failure?.code).toBe('HOOK_UNDECLARED')
    })
  })
})

describe('taps at run time', () => {
  const owner = inline('owner', { contributes: points })

  test('come after those of plugins, and can be taken away', async () => {
    const order: string[] = []
    const tapper = inline('tapper', { contributes: { hooks: ['own.guard'] } }, (ctx) => {
      ctx.tap('own.guard', () => void order.push('plugin'))
    })
    await withKernel([owner, tapper], async (kernel) => {
      const undo = kernel.hooks.tap('own.guard' as never, (() => void order.push('run')) as never, {
        owner: 'run-1',
      })
      await loosePoint(kernel, 'own.guard').call({})
      undo()
      await loosePoint(kernel, 'own.guard').call({})
    })
    expect(order).toEqual(['plugin', 'run', 'plugin'])
  })

  test('of a plugin end with the plugin', async () => {
    const tapper = inline('tapper', { requires: { hooks: '^1' }, activation: 'startup' }, (ctx) => {
      const hooks = ctx.use('hooks') as { tap(name: string, fn: () => void): void }
      hooks.tap('own.guard', () => undefined)
    })
    await withKernel([owner, tapper], (kernel) => {
      expect(kernel.list().find(({ id }) => id === 'tapper')?.registered).toEqual(['tap own.guard'])
    })
  })

  test('at a misspelt point are refused with a suggestion', async () => {
    await withKernel([owner], ({ hooks }) => {
      expect(() => hooks.tap('own.gaurd' as never, (() => undefined) as never)).toThrow(
        expect.objectContaining({ code: 'HOOK_UNKNOWN', hint: "Did you mean 'own.guard'?" }),
      )
    })
  })

  test('are left over by nobody', async () => {
    const leak = withKernel(
      [owner],
      ({ hooks }) => void hooks.tap('own.guard' as never, (() => undefined) as never),
    )
    await expect(leak).rejects.toThrow("hook point 'own.guard' is still used")
  })
})

describe('stopping', () => {
  test('disposes dependents first, aborting the signal before anything else', async () => {
    const steps: string[] = []
    const plugin = (id: string, parts: ManifestParts) =>
      inline(id, { ...parts, activation: 'startup' }, (ctx) => {
        if (parts.provides) ctx.provide('a', {})
        ctx.signal.addEventListener('abort', () => steps.push(`abort ${id}`))
        ctx.defer(() => void steps.push(`dispose ${id}`))
      })
    const user = plugin('user', { requires: { a: '^1' } })
    await withKernel([user, plugin('a', { provides: { a: '1.0.0' } })], () => undefined)
    expect(steps).toEqual(['abort user', 'dispose user', 'abort a', 'dispose a'])
  })

  test('tells active plugins first, and wakes none for it', async () => {
    const seen: unknown[] = []
    const tells = (id: string, parts: ManifestParts) =>
      inline(id, { ...parts, contributes: { hooks: ['kernel.shutdown'] } }, (ctx) => {
        ctx.tap('kernel.shutdown', (payload) => void seen.push([id, payload]))
      })
    const kernel = createKernel({
      plugins: [tells('a', { activation: 'startup' }), tells('b', {})],
    })
    await kernel.start()
    await kernel.stop('enough')
    expect(seen).toEqual([['a', { reason: 'enough' }]])
  })

  test('follows a start that is told to all who wait for it', async () => {
    const seen: unknown[] = []
    const lazy = inline('lazy', { contributes: { hooks: ['kernel.started'] } }, (ctx) => {
      ctx.tap('kernel.started', (payload) => void seen.push(payload))
    })
    const broken = inline('broken', { activation: 'startup' }, () => {
      throw new Error('broken')
    })
    const kernel = createKernel({ plugins: [broken, lazy, inline('other', {}, () => undefined)] })
    await kernel.start()
    expect(seen).toEqual([{ active: 0, failed: 1, ms: expect.any(Number) }])
    expect(kernel.list().find(({ id }) => id === 'lazy')?.state).toBe('active')
    await kernel.stop()
  })

  test('twice is the same stop, and before a start is nothing', async () => {
    const kernel = createKernel()
    expect(await kernel.stop()).toEqual([])
    expect(await kernel.stop()).toEqual([])
    await expect(kernel.start()).rejects.toMatchObject({ code: 'KERNEL_STATE' })
  })

  test('in the middle of a start is not lost', async () => {
    const { log, plugin } = traced()
    const gate = Promise.withResolvers<void>()
    const slow = inline('slow', { activation: 'startup' }, () => gate.promise)
    const kernel = createKernel({ plugins: [slow, plugin('next', { activation: 'startup' })] })
    const started = kernel.start()
    await vi.waitFor(() => expect(kernel.list()[0]?.state).toBe('activating'))
    const stopped = kernel.stop()
    gate.resolve()
    await Promise.all([started, stopped])
    expect(log).toEqual([])
    expect(kernel.list().map(({ state }) => state)).toEqual(['disposed', 'resolved'])
  })

  test('by `await using`', async () => {
    const { log, plugin } = traced()
    {
      await using kernel = createKernel({ plugins: [plugin('a', { activation: 'startup' })] })
      await kernel.start()
    }
    expect(log).toEqual(['+a', '-a'])
  })
})

describe('errors outside of any call', () => {
  test('are attributed to the plugin whose timer threw, which is taken out', async () => {
    let throwLater: ((error: Error) => void) | undefined
    const plugin = inline('a', { provides: { a: '1.0.0' }, activation: 'startup' }, (ctx) => {
      ctx.provide('a', {})
      // Runs in the async context of setup, as a timer of the plugin would.
      throwLater = new (process.getBuiltinModule('node:async_hooks').AsyncResource)('t').bind(
        (error: Error) => void stray(error),
      )
    })
    let stray: (error: Error) => unknown = () => undefined
    await withKernel([plugin], async (kernel) => {
      const found: unknown[] = []
      stray = (error) => found.push(kernel.stray(error))
      throwLater?.(new Error('late'))
      expect(found).toMatchObject([
        {
          code: 'PLUGIN_STRAY',
          owner: 'a',
          message: "Plugin 'a' failed outside of any call: late",
        },
      ])
      await vi.waitFor(() =>
        expect(kernel.list()[0]).toMatchObject({
          state: 'failed',
          failure: { code: 'PLUGIN_STRAY' },
        }),
      )
      await expect(kernel.use('a' as never)).rejects.toMatchObject({ code: 'PLUGIN_STRAY' })
    })
  })

  test('of nobody are nobodys', async () => {
    await withKernel([], (kernel) => expect(kernel.stray(new Error('x'))).toBeUndefined())
  })
})
