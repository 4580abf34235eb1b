import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { manifestOf } from '../../test/plugins.ts'
import { SDK_VERSION } from '../version.ts'
import { translate } from './contract-0.1.ts'
import { CONTRACTS, contractOf, isNewer } from './levels.ts'
import { readPackage } from './read.ts'

describe('the level of a plugin', () => {
  test.each([
    [undefined, '0.2'],
    ['^0.2.0', '0.2'],
    ['~0.2.0', '0.2'],
    ['0.x', '0.2'],
    ['^0.1.0', '0.1'],
    ['0.1', '0.1'],
    ['^0.1.0 || ^0.2.0', '0.2'],
    ['>=0.1.0 <0.3.0', '0.2'],
    ['>=0.1.0 <0.2.0', '0.1'],
    ['^0.0.1', undefined],
    ['^0.3.0', undefined],
    ['^1', undefined],
    ['nonsense', undefined],
    ['', undefined],
  ])('for %s is %s', (range, level) => expect(contractOf(range)).toBe(level))

  test('of this kernel is the first that it keeps', () => {
    expect(SDK_VERSION.startsWith(`${CONTRACTS[0]}.`)).toBe(true)
  })

  test.each([
    ['^0.3.0', true],
    ['^1', true],
    ['>=0.2.1 <0.3', true],
    ['^0.0.4', false],
    ['0.1', false],
    ['nonsense', false],
  ])('%s is newer: %s', (range, newer) => expect(isNewer(range)).toBe(newer))
})

describe('a manifest of 0.1', () => {
  const read = (manifest: unknown, llmspell = '^0.1.0') =>
    readPackage({ engines: { llmspell }, llmspell: manifest }, 'some-package')
  const old = (more: object) => ({ ...manifestOf('some'), ...more })

  test('says in its points what it said beside them', () => {
    const tapsWith = { 'a.b': 'k', 'not.listed': 'k' }
    const { manifest, problems } = read(old({ tapsWith, contributes: { hooks: ['a.b', 'c.d'] } }))
    expect(problems).toEqual([])
    expect(manifest).not.toHaveProperty('tapsWith')
    expect(manifest?.contributes?.hooks).toEqual([{ point: 'a.b', with: 'k' }, 'c.d'])
  })

  test.each([
    ['^0.1.0', { tapsWith: [] }, "'llmspell.tapsWith': expected an object"],
    ['^0.1.0', { tapsWith: { 'a.b': 1 } }, "'llmspell.tapsWith.a.b': expected the name of a key"],
    ['^0.1.0', { tapsWith: { 'a.b': '' } }, "'llmspell.tapsWith.a.b'"],
    [
      '^0.1.0',
      { contributes: { hooks: [{ point: 'a.b', with: 'k' }] } },
      "'engines.llmspell' says",
    ],
    ['^0.1.0', { tapWith: {} }, "'tapWith'"],
    ['^0.2.0', { tapsWith: {} }, "'tapsWith'"],
    ['^0.2.0', { contributes: { hooks: [{ point: 'a.b' }] } }, 'llmspell.contributes.hooks[0]'],
    ['^0.2.0', { contributes: { hooks: ['a.b', { point: 'a.b', with: 'k' }] } }, "'a.b' twice"],
  ])('of %s with %j is refused', (range, more, text) => {
    const { manifest, problems } = read(old(more), range)
    expect(manifest).toBeUndefined()
    expect(problems.map((problem) => problem.text).join('\n')).toContain(text)
    expect(problems[0]).toMatchObject({ code: 'MANIFEST_INVALID', plugin: 'some' })
  })

  test.each([
    ['^0.3.0', 'Update llmspell'],
    ['^0.0.1', 'Install a newer version'],
  ])('of %s that nobody here can read says so, not what is wrong in it', (range, hint) => {
    const { problems } = read(old({ fromTheFuture: true }), range)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ code: 'PLUGIN_INCOMPATIBLE', plugin: 'some' })
    expect(problems[0]?.hint).toContain(hint)
  })

  test('of whatever shape is read without failing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, range) => {
        expect(translate(value)).toHaveProperty('faults')
        const contributes = { hooks: value }
        read(old({ tapsWith: value, contributes }), range)
        read(old({ tapsWith: value, contributes }))
      }),
    )
  })
})
