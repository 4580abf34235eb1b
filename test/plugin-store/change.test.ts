import type { Manifest, PermissionSet, PluginChecks } from '@llmspell/sdk'
import { widened } from '@llmspell/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeOf } from '../../plugins/plugin-store/src/change.ts'
import type { Entry } from '../../plugins/plugin-store/src/lock-file.ts'

const checks = { widened } as unknown as PluginChecks
const FACTS = { provenance: 'none', dependencies: 0, files: 1, bytes: 1 } as const

interface Parts {
  readonly permissions?: PermissionSet
  readonly tools?: readonly string[]
  readonly from?: string
  readonly trusted?: boolean
  readonly effect?: string
}

function made(parts: Parts = {}) {
  const { permissions = {}, tools = ['a'], from = 'own', trusted = false } = parts
  const { effect = 'pure' } = parts
  const contributes = { tools: tools.map((name) => ({ name, effect })) }
  const manifest = {
    manifest: 1,
    id: 'own',
    main: './i.js',
    phase: 'core',
    contributes,
  } as Manifest
  const hashes = { manifestHash: '', files: '', tree: '', root: '' }
  const place = trusted ? { trusted } : { host: 'process' }
  const entry: Entry = {
    id: 'own',
    package: 'own',
    version: '1.0.0',
    from,
    permissions,
    ...hashes,
    ...place,
  }
  return { entry, manifest }
}

const change = (next: Parts, before?: Parts) => {
  const there = before && made(before)
  return changeOf(
    { action: 'update', ...made(next), facts: FACTS, before: there, warnings: [] },
    checks,
  )
}

describe('a change needs', () => {
  const net = { permissions: { net: ['a.example'] } }
  test.each<[string, Parts, Parts | undefined, string]>([
    ['a yes where nothing was there', {}, undefined, 'yes'],
    ['trust where nothing was there and it runs here', { trusted: true }, undefined, 'trust'],
    ['nothing where nothing is new', net, net, 'nothing'],
    ['nothing where it wants less', {}, net, 'nothing'],
    ['a yes for one more right', net, {}, 'yes'],
    ['a yes for one more name', { tools: ['a', 'b'] }, {}, 'yes'],
    ['a yes where it comes from elsewhere', { from: 'github:evil/own' }, {}, 'yes'],
    ['a yes where a folder takes the place of the registry', { from: '/own' }, {}, 'yes'],
    ['a yes where a short git address takes the place', { from: 'evil/own' }, {}, 'yes'],
    ['a yes for another owner', { from: 'mallory/own' }, { from: 'alice/own' }, 'yes'],
    [
      'trust anew where it comes from elsewhere',
      { trusted: true },
      { trusted: true, from: '/own' },
      'trust',
    ],
    ['a yes for a worse effect', { effect: 'unsafe' }, { effect: 'pure' }, 'yes'],
    ['nothing for a better effect', { effect: 'pure' }, { effect: 'idempotent' }, 'nothing'],
    ['nothing for another version of the same name', { from: 'own@^2' }, {}, 'nothing'],
    ['trust where it leaves its place', { trusted: true }, {}, 'trust'],
    ['nothing where it was trusted', { trusted: true }, { trusted: true }, 'nothing'],
  ])('%s', (_, next, before, needs) => {
    expect(change(next, before).needs).toBe(needs)
  })

  test('something exactly where it is given more than was accepted', () => {
    const values = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '*'), { maxLength: 3 })
    const rights = fc.dictionary(fc.constantFrom('net', 'read', '__proto__'), values, {
      maxKeys: 2,
    })
    fc.assert(
      fc.property(rights, rights, (before, next) => {
        const has = (set: PermissionSet, name: string, value: string): boolean =>
          Object.hasOwn(set, name) && set[name]!.some((one) => one === value || one === '*')
        const more = Object.entries(next).some(([name, list]) =>
          list.some((value) => !has(before, name, value)),
        )
        expect(change({ permissions: next }, { permissions: before }).needs).toBe(
          more ? 'yes' : 'nothing',
        )
      }),
    )
  })
})
