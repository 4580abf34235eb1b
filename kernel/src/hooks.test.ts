import { describe, expect, test } from 'vitest'
import { catalogue, hookPoints, intercepts, listens, owner, saying } from '../test/catalogue.ts'
import { inline, loosePoint, record } from '../test/plugins.ts'
import { failure } from './codes.ts'
import type { HookCatalogue } from './hooks.ts'
import { withKernel } from './testing.ts'

const used = ({ hooks }: { readonly hooks: HookCatalogue }) =>
  hooks.list().flatMap((point) => (point.used ? point.name : []))

describe('the catalogue', () => {
  test('lists the points of the kernel and of plugins, with their owners', () => {
    const { hooks } = catalogue()
    expect(hooks.list().map(({ name, owner: id }) => `${name} ${id}`)).toEqual([
      'kernel.pluginActivated kernel',
      'kernel.pluginFailed kernel',
      'kernel.started kernel',
      'kernel.configChanged kernel',
      'kernel.shutdown kernel',
      'own.guard owner',
      'own.done owner',
      'own.tick owner',
    ])
    expect(hooks.list().at(-1)).toMatchObject({ kind: 'notify', doc: 'A notice.' })
  })

  test('lists what a point takes and how it is known', () => {
    const { hooks } = catalogue({}, [owner, saying])
    const [guard, , tick, say, open] = hooks.list().slice(5)
    const plain = { results: [], aliases: [] }
    expect(guard).toMatchObject({ ...plain, failOpen: false })
    expect(tick).toMatchObject({ ...plain, failOpen: true })
    expect(say).toEqual({
      ...intercepts[0],
      owner: 'saying',
      used: false,
      failOpen: false,
      aliases: [],
    })
    expect(open).toEqual({ ...intercepts[1], owner: 'saying', used: false })
  })

  test('counts plugins that are not active yet as users', () => {
    expect(used(catalogue())).toEqual(['own.guard', 'own.done', 'own.tick'])
  })

  test('counts nobody as a user whose config does not ask for it', () => {
    const parts = {
      contributes: { hooks: [{ point: 'own.guard', with: 'k' }, 'own.done'] },
    }
    const records = [owner, record('some', parts)]
    expect(used(catalogue({}, records))).toEqual(['own.done'])
    const given = catalogue({ gives: (id, key) => id === 'some' && key === 'k' }, records)
    expect(used(given)).toEqual(['own.guard', 'own.done'])
    const made = catalogue({}, records)
    made.hooks.lose('some', new Error('broken'))
    expect(used(made)).toEqual([])
  })

  test('knows who cannot be waited for', () => {
    expect([...catalogue().hooks.notifyDeclarers()]).toEqual(['ticker'])
  })

  test('forgets everything that was declared when it closes', () => {
    const made = catalogue()
    made.hooks.lose('both', new Error('no'))
    made.hooks.close()
    expect(used(made)).toEqual([])
  })

  test('is closed: no name makes a point', () => {
    const { hooks } = catalogue()
    expect(() => hooks.get('own.gaurd')).toThrow(expect.objectContaining({ code: 'HOOK_UNKNOWN' }))
    expect(hooks.has('own.gaurd')).toBe(false)
    expect(() => hooks.get('own.zzzzzzzzz')).toThrow(
      expect.objectContaining({ hint: 'List the points with the service hooks.' }),
    )
  })

  test('takes the tap of a listed point without owner, and never calls it', () => {
    expect(() => catalogue().hooks.tap('both', 'nobody.here', () => undefined)()).not.toThrow()
  })
})

describe('a plugin that fails', () => {
  test('denies at its guards and is passed over elsewhere', async () => {
    const made = catalogue()
    made.hooks.lose('both', new Error('broken'))
    expect(used(made)).toEqual(['own.guard', 'own.tick'])
    expect(await made.hooks.get('own.guard').call({})).toMatchObject({
      denied: true,
      reason: "Plugin 'both' guards this and has failed: broken",
    })
    expect(await made.hooks.get('own.done').call({})).toBeUndefined()
  })

  test('is passed over everywhere where the host says so', async () => {
    const made = catalogue({ ignoresFailure: (id) => id === 'both' })
    made.hooks.lose('both', new Error('broken'))
    expect(await made.hooks.get('own.guard').call({})).toBeUndefined()
  })

  test('while it is woken denies this call, and is asked again at the next', async () => {
    let ring = true
    const made = catalogue({
      activate: async (id) => {
        if (ring) throw failure('PLUGIN_CYCLE', id, 'setup', 'a ring')
        made.hooks.settle(id)
      },
    })
    expect(await made.hooks.get('own.guard').call({})).toMatchObject({ denied: true })
    expect(await made.hooks.get('own.done').call({})).toBeUndefined()
    ring = false
    expect(await made.hooks.get('own.guard').call({})).toBeUndefined()
  })
})

describe('a plugin with a say that fails', () => {
  test('fails the operation at a closed point and is passed over at an open one', async () => {
    const made = catalogue({}, [saying, listens])
    made.hooks.lose('listens', new Error('broken'))
    expect(used(made)).toEqual(['own.say'])
    await expect(made.hooks.get('own.say').call(1)).rejects.toMatchObject({
      code: 'DEPENDENCY_FAILED',
      message: "Plugin 'listens' has a say at 'own.say' and has failed: broken",
    })
    expect(await made.hooks.get('own.open').call(1)).toEqual({ data: 1, changed: false })
  })

  test('does so too where it cannot be woken', async () => {
    const activate = () => Promise.reject(failure('PLUGIN_CYCLE', 'listens', 'setup', 'a ring'))
    const made = catalogue({ activate }, [saying, listens])
    await expect(made.hooks.get('own.say').call(1)).rejects.toThrow('a ring')
    expect(await made.hooks.get('own.open').call(1)).toEqual({ data: 1, changed: false })
  })

  test('is passed over everywhere where the host says so', async () => {
    const made = catalogue({ ignoresFailure: () => true }, [saying, listens])
    made.hooks.lose('listens', new Error('broken'))
    expect(await made.hooks.get('own.say').call(1)).toEqual({ data: 1, changed: false })
  })
})

describe('a guard that was not even resolved', () => {
  const guard = (parts: object, facts = {}) =>
    record('gone', { contributes: { hooks: ['own.guard', 'own.done'] }, ...parts }, facts)

  test.each([
    ['misses a service', guard({ requires: { nothing: '^1' } })],
    ['needs another version', guard({}, { engine: '^9' })],
  ])('denies, because it %s', async (_, gone) => {
    const made = catalogue({}, [owner, gone])
    expect(used(made)).toEqual(['own.guard'])
    expect(await made.hooks.get('own.guard').call({})).toMatchObject({ denied: true })
  })

  test('does not deny where another plugin of its id is in place', () => {
    const first = record('gone')
    expect(used(catalogue({}, [owner, first, guard({})]))).toEqual([])
  })

  test('denies even with an invalid manifest, unless it is disabled or ignored', async () => {
    const host = inline('owner', { contributes: { hookPoints } })
    const gone = inline('gone', { phase: 'tea' as never, contributes: { hooks: ['own.guard'] } })
    const ask = (config = {}, disabled: readonly string[] = []) => {
      const options = { config, disabled }
      return withKernel([host, gone], (kernel) => loosePoint(kernel, 'own.guard').call({}), options)
    }
    expect(await ask()).toMatchObject({ reason: expect.stringContaining("'llmspell.phase'") })
    expect(await ask({ plugins: { gone: { onFailure: 'ignore' } } })).toBeUndefined()
    expect(await ask({}, ['gone'])).toBeUndefined()
  })

  test('does not deny when the user switched it off', async () => {
    const host = inline('owner', { contributes: { hookPoints } })
    const off = inline('off', { contributes: { hooks: ['own.guard'] } })
    await withKernel(
      [host, off],
      (kernel) => expect(loosePoint(kernel, 'own.guard').used).toBe(false),
      { disabled: ['off'] },
    )
  })
})

describe('a tap that fails', () => {
  test('is written to the log under its plugin, and so is its end', async () => {
    const { hooks, lines } = catalogue({}, [owner])
    hooks.tap('owner', 'own.done', () => Promise.reject(new Error('no')))
    for (let i = 0; i < 5; i++) await hooks.get('own.done').call({})
    expect(lines).toHaveLength(5)
    expect(lines[0]).toBe("Plugin 'owner' failed in its tap on 'own.done': no")
    expect(lines[4]).toContain('It failed five times in a row and is switched off.')
  })
})
