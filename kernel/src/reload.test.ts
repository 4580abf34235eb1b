import { definePlugin, type PluginContext } from '@llmspell/sdk'
import { describe, expect, test, vi } from 'vitest'
import {
  inline,
  loosePoint,
  manifestOf,
  type LooseContext,
  type ManifestParts,
} from '../test/plugins.ts'
import type { InlinePlugin, Kernel } from './index.ts'
import { withKernel } from './testing.ts'

const OWN = {
  points: { things: {} },
  hookPoints: [{ name: 'own.transform', kind: 'transform', doc: 'x' }],
} as const
const PARTS = { provides: { clock: '1.0.0' }, contributes: { ...OWN, things: [{ name: 'x' }] } }

/** A plugin whose manifest and setup the test changes, as an author does. */
class Draft {
  parts: ManifestParts = PARTS
  setup: (ctx: LooseContext) => unknown = says('one')

  get source(): InlinePlugin {
    const read = (): ManifestParts => this.parts
    const load = () => {
      const { setup } = this
      const plugin = definePlugin({ setup: (ctx: PluginContext) => void setup(ctx as never) })
      return Promise.resolve(plugin)
    }
    return {
      get manifest() {
        return manifestOf('draft', read())
      },
      plugin: load,
    }
  }
}

function says(text: string): (ctx: LooseContext) => void {
  return (ctx) => {
    ctx.provide('clock', { text })
    ctx.contribute('things', 'x', () => text)
  }
}

const thing = async ({ extensions }: Kernel): Promise<unknown> => {
  const fn = (await extensions.get('things' as never, 'x')) as () => unknown
  return fn()
}

const user = (log: string[]): InlinePlugin =>
  inline('user', { requires: { clock: '^1' }, activation: 'startup' }, (ctx) => {
    const { text } = ctx.use('clock') as { text: string }
    log.push(`+${text}`)
    ctx.defer(() => log.push(`-${text}`))
  })

describe('a reload', () => {
  test('puts the new version in the place of the old, and sets dependents up anew', async () => {
    const draft = new Draft()
    const log: string[] = []
    await withKernel([draft.source, user(log)], async (kernel) => {
      expect(await thing(kernel)).toBe('one')
      draft.setup = says('two')
      expect(await kernel.reload('draft')).toMatchObject({ dependents: ['user'], failed: [] })
      expect(await thing(kernel)).toBe('two')
      expect(await kernel.use('clock' as never)).toEqual({ text: 'two' })
    })
    expect(log).toEqual(['+one', '-one', '+two', '-two'])
  })

  test('sets those up anew that may hold what it contributes', async () => {
    const log: string[] = []
    const owner = inline(
      'owner',
      { activation: 'startup', contributes: { points: { texts: {} } } },
      (ctx) => {
        log.push('+owner')
        ctx.defer(() => log.push('-owner'))
      },
    )
    const draft = new Draft()
    draft.parts = { contributes: { texts: [{ name: 'x' }] } }
    draft.setup = (ctx) => ctx.contribute('texts', 'x', 1)
    await withKernel([draft.source, owner], async (kernel) => {
      expect(await kernel.reload('draft')).toMatchObject({ dependents: ['owner'] })
    })
    expect(log).toEqual(['+owner', '-owner', '+owner', '-owner'])
  })

  test('takes over what the manifest gained and lost', async () => {
    const draft = new Draft()
    await withKernel([draft.source], async (kernel) => {
      await thing(kernel)
      draft.parts = { contributes: { ...OWN, things: [{ name: 'y' }] } }
      draft.setup = (ctx) => ctx.contribute('things', 'y', 'why')
      await kernel.reload('draft')
      expect(kernel.extensions.list('things').map(({ name }) => name)).toEqual(['y'])
      await expect(kernel.use('clock' as never)).rejects.toThrow('clock')
    })
  })

  test('makes a plugin usable that waited for a service', async () => {
    const draft = new Draft()
    draft.parts = { contributes: OWN }
    draft.setup = () => undefined
    const log: string[] = []
    await withKernel([draft.source, user(log)], async (kernel) => {
      expect(kernel.list().map(({ state }) => state)).toEqual(['resolved', 'failed'])
      Object.assign(draft, { parts: PARTS, setup: says('late') })
      expect(await kernel.reload('draft')).toMatchObject({ dependents: ['user'] })
    })
    expect(log).toEqual(['+late', '-late'])
  })

  test('lets a call under way finish on the old version', async () => {
    const draft = new Draft()
    const { promise, resolve } = Promise.withResolvers<void>()
    draft.setup = (ctx) => {
      ctx.provide('clock', {})
      ctx.contribute('things', 'x', () => promise.then(() => 'old'))
    }
    await withKernel([draft.source], async (kernel) => {
      const running = thing(kernel)
      await vi.waitFor(() => expect(kernel.list()[0]!.state).toBe('active'))
      draft.setup = says('new')
      await kernel.reload('draft')
      expect(await thing(kernel)).toBe('new')
      resolve()
      expect(await running).toBe('old')
    })
  })

  test('keeps those waiting who ask in the middle of it', async () => {
    const draft = new Draft()
    const { promise, resolve } = Promise.withResolvers<void>()
    await withKernel([draft.source], async (kernel) => {
      draft.setup = (ctx) => {
        says('one')(ctx)
        ctx.defer(() => promise)
      }
      await thing(kernel)
      draft.setup = says('two')
      const reload = kernel.reload('draft')
      await vi.waitFor(() => expect(kernel.list()[0]!.state).toBe('resolved'))
      const asked = [thing(kernel), kernel.use('clock' as never)]
      resolve()
      expect(await Promise.all(asked)).toEqual(['two', { text: 'two' }])
      await reload
    })
  })

  test('fifty times leaves no tap, undo, service or contribution behind, and says that it is time', async () => {
    const draft = new Draft()
    const tapping = inline('tapping', {
      requires: { clock: '^1' },
      contributes: { hooks: ['own.transform'] },
    })
    await withKernel([draft.source, tapping], async (kernel) => {
      const point = loosePoint(kernel, 'own.transform')
      await point.call({})
      for (let i = 1; i < 50; i++) expect(await kernel.reload('draft')).not.toHaveProperty('hint')
      expect((await kernel.reload('draft')).hint).toContain('50 reloads')
      await point.call({})
      expect(kernel.list().map(({ registered }) => registered)).toEqual([
        ['provide clock', 'contribute things/x'],
        ['tap own.transform'],
      ])
    })
  })
})

describe('a reload that fails', () => {
  const rows: readonly [string, (draft: Draft) => void, string][] = [
    ['manifest is invalid', (draft) => void (draft.parts = { phase: 'late' as never }), 'phase'],
    ['id is another', (draft) => void (draft.parts = { ...PARTS, id: 'other' }), "'other'"],
    [
      'needs are missing',
      (draft) => void (draft.parts = { ...PARTS, requires: { no: '^1' } }),
      "'no'",
    ],
    [
      'service is gone that another needs',
      (draft) => void (draft.parts = { contributes: OWN }),
      'clock',
    ],
    [
      'hook point is of another kind',
      (draft) =>
        void (draft.parts = {
          ...PARTS,
          contributes: {
            ...PARTS.contributes,
            hookPoints: [{ ...OWN.hookPoints[0], kind: 'series' }],
          },
        }),
      'own.transform',
    ],
    [
      'config fits no more',
      (draft) => void (draft.parts = { ...PARTS, config: REQUIRES }),
      'needed',
    ],
    ['setup throws', (draft) => void (draft.setup = fails), 'broken'],
  ]
  const REQUIRES = {
    type: 'object',
    properties: { needed: { type: 'string' } },
    required: ['needed'],
  }
  const fails = (ctx: LooseContext): never => {
    ctx.contribute('things', 'x', () => 'half')
    throw new Error('broken')
  }

  test.each(rows)('because its %s keeps the old version working', async (_, change, text) => {
    const draft = new Draft()
    const log: string[] = []
    await withKernel([draft.source, user(log)], async (kernel) => {
      await thing(kernel)
      change(draft)
      await expect(kernel.reload('draft')).rejects.toMatchObject({
        code: 'PLUGIN_RELOAD',
        message: expect.stringContaining(text) as string,
      })
      expect(await thing(kernel)).toBe('one')
      expect(kernel.list().map(({ state }) => state)).toEqual(['active', 'active'])
      Object.assign(draft, { parts: PARTS, setup: says('two') })
      await kernel.reload('draft')
      expect(await thing(kernel)).toBe('two')
    })
    expect(log.slice(-2)).toEqual(['+two', '-two'])
  })

  test('is repaired by the next one where there was no version that worked', async () => {
    const draft = new Draft()
    draft.setup = fails
    await withKernel([draft.source], async (kernel) => {
      await expect(thing(kernel)).rejects.toThrow('broken')
      await expect(kernel.reload('draft')).rejects.toThrow('broken')
      draft.setup = says('two')
      await kernel.reload('draft')
      expect(await thing(kernel)).toBe('two')
    })
  })

  test.each([
    ['drafd', 'PLUGIN_NOT_FOUND'],
    ['kernel', 'PLUGIN_RELOAD'],
  ])('refuses %s', async (id, code) => {
    await withKernel([new Draft().source], async (kernel) => {
      await expect(kernel.reload(id)).rejects.toMatchObject({ code })
    })
  })
})
