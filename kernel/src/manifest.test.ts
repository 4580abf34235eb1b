import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { manifestOf } from '../test/plugins.ts'
import { contributionsOf, readManifest } from './manifest.ts'

const read = (value: unknown) => readManifest(value, 'some-package')
const paths = (value: unknown) => read(value).problems.map(({ path }) => path)

describe('reading a manifest', () => {
  test('gives it back when it is valid', () => {
    const manifest = manifestOf('good', { requires: { thing: '^1' }, provides: { other: '1.2.3' } })
    expect(read(manifest)).toEqual({ manifest, problems: [] })
  })

  test('never throws, whatever it gets', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { manifest, problems } = read(value)
        expect(manifest === undefined).toBe(problems.length > 0)
      }),
    )
  })

  test('never throws on something close to a manifest', () => {
    const near = fc.record(
      {
        manifest: fc.constantFrom(1, 2, '1'),
        id: fc.oneof(fc.string(), fc.constantFrom('a', 'A-b')),
        main: fc.oneof(fc.string(), fc.constantFrom('./x.js', '../x.js', '/x.js')),
        phase: fc.constantFrom('core', 'globals', 'none'),
        requires: fc.dictionary(fc.string(), fc.string()),
        contributes: fc.dictionary(fc.string(), fc.anything()),
        config: fc.anything(),
        permissions: fc.dictionary(fc.string(), fc.array(fc.string())),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(near, (value) => {
        expect(read(value).problems).toBeInstanceOf(Array)
      }),
    )
  })

  test('lists every problem with path, expectation and what was found', () => {
    const { problems } = read({
      manifest: 1,
      id: 'Bad Id',
      main: './x.js',
      phase: 'lunch',
      requires: { a: 1 },
    })
    expect(problems.map(({ path }) => path)).toEqual([
      'llmspell.id',
      'llmspell.phase',
      'llmspell.requires.a',
    ])
    expect(problems[1]?.text).toBe(
      `Plugin 'Bad Id' has an invalid manifest: 'llmspell.phase': expected one of "infrastructure", "providers", "core", "engines", "globals", found "lunch" (text).`,
    )
    expect(
      problems.every(({ code, severity }) => code === 'MANIFEST_INVALID' && severity === 'error'),
    ).toBe(true)
  })

  test('calls the plugin by its package while the id is unknown', () => {
    expect(read({}).problems[0]?.plugin).toBe('some-package')
    expect(read(undefined).problems[0]?.plugin).toBe('some-package')
  })

  test.each([
    ['requirs', 'requires'],
    ['contributions', 'contributes'],
    ['premissions', 'permissions'],
  ])('suggests a key for %s', (key, meant) => {
    const [problem] = read({ ...manifestOf('a'), [key]: {} }).problems
    expect(problem?.hint).toBe(`Did you mean '${meant}'?`)
  })

  test.each([
    '../x.js',
    './../x.js',
    'a/../../x.js',
    '/etc/x.js',
    'C:\\x.js',
    './a/..',
    '.',
    '..\\x.js',
  ])('refuses the entry %s outside of the package', (main) => {
    expect(paths(manifestOf('a', { main }))).toEqual(['llmspell.main'])
  })

  test.each(['./dist/index.js', 'index.js', './a/../b.js'])('takes the entry %s', (main) => {
    expect(paths(manifestOf('a', { main }))).toEqual([])
  })

  test('refuses one name twice at one point', () => {
    const things = [{ name: 'x' }, { name: 'y' }, { name: 'x' }]
    const { problems } = read(manifestOf('a', { contributes: { things } }))
    expect(problems.map(({ text }) => text)).toEqual([
      "Plugin 'a' has an invalid manifest: 'llmspell.contributes.things': expected each name once, found 'x' twice.",
    ])
  })

  test('refuses to require what it provides', () => {
    const both = manifestOf('a', { requires: { thing: '^1' }, provides: { thing: '1.0.0' } })
    expect(paths(both)).toEqual(['llmspell.requires'])
  })

  test.each([
    [{ provides: { a: '1' } }, 'llmspell.provides.a'],
    [{ activation: 'later' }, 'llmspell.activation'],
    [{ contributes: { things: [{ title: 'x' }] } }, 'llmspell.contributes.things[0].name'],
    [
      { contributes: { hookPoints: [{ name: 'a.b', kind: 'maybe', doc: 'x' }] } },
      'llmspell.contributes.hookPoints[0].kind',
    ],
    [
      { contributes: { errors: [{ name: 'X', class: 'input', cause: 'c' }] } },
      'llmspell.contributes.errors[0].cure',
    ],
    [{ config: 'schema.json' }, 'llmspell.config'],
    [{ permissions: { net: 'all' } }, 'llmspell.permissions.net'],
  ])('places the problem of %j', (parts, path) => {
    expect(paths({ ...manifestOf('a'), ...parts })).toContain(path)
  })
})

describe('a hook point', () => {
  test.each([
    [{ kind: 'guard', results: ['cancel'] }, 'results'],
    [{ kind: 'observe', failOpen: true }, 'failOpen'],
    [{ kind: 'intercept' }, 'results'],
    [{ kind: 'intercept', results: [] }, 'results'],
    [{ kind: 'intercept', results: ['skip'] }, 'results[0]'],
    [{ kind: 'guard', aliases: ['before it'] }, 'aliases[0]'],
    [{ kind: 'guard', aliases: ['custom:x'] }, 'aliases[0]'],
    [{ kind: 'guard', subject: 'it..name' }, 'subject'],
    [{ kind: 'guard', subjekt: 'it' }, 'subjekt'],
  ])('of %j has its problem placed', (item, key) => {
    const contributes = { hookPoints: [{ name: 'a.b', doc: 'x', ...item }] }
    const path = `llmspell.contributes.hookPoints[0].${key}`
    expect(paths({ ...manifestOf('a'), contributes })).toContain(path)
  })
})

test('contributions are split into hooks, points and items', () => {
  const contributes = {
    hooks: ['a.b'],
    points: { things: {} },
    things: [{ name: 'x', more: 1 }],
    other: [],
  }
  const found = contributionsOf(manifestOf('a', { contributes }))
  expect(found).toMatchObject({ hooks: ['a.b'], hookPoints: [], points: { things: {} } })
  expect([...found.items]).toEqual([
    ['things', [{ name: 'x', more: 1 }]],
    ['other', []],
  ])
})
