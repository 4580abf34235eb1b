import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { manifestOf } from '../test/plugins.ts'
import { discover } from './discover.ts'
import { planOf } from './plan-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'plugin-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const HOST = {
  name: 'words',
  service: 'words',
  points: ['things', 'hooks'],
  services: ['clock'],
  files: ['.words'],
  defaults: { things: { kind: 'plain' } },
  schemas: { things: ['input'] },
}
const host = {
  manifest: manifestOf('host', {
    provides: { words: '1.0.0' },
    contributes: { pluginHosts: [HOST], points: { things: {} } },
  }),
  plugin: () => Promise.reject(new Error('nobody loads it')),
}

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const found = (source: string | URL, from?: string) =>
  discover({ plugins: [source, host], ...(from === undefined ? {} : { from }) })

describe('a plugin that is one file', () => {
  test('is its header, with what its host says for all', () => {
    const header = {
      version: '1.2.3',
      requires: { clock: '^1' },
      permissions: { read: ['/data'] },
      contributes: {
        hooks: ['a.b'],
        things: [{ input: { n: 'integer?' } }, { name: 'x', kind: 'own' }],
      },
    }
    const { records } = found(
      file('My First_One.words', `/* llmspell ${JSON.stringify(header)} */`),
    )
    expect(records.at(-1)).toMatchObject({
      id: 'my-first-one',
      package: 'my-first-one',
      version: '1.2.3',
      source: 'host',
      root: folder,
      single: true,
      manifest: {
        main: './My First_One.words',
        phase: 'globals',
        permissions: { read: ['/data'] },
        contributes: {
          hooks: ['a.b'],
          things: [
            {
              name: 'my-first-one',
              kind: 'plain',
              input: { type: 'object', properties: { n: { type: 'integer' } } },
            },
            { name: 'x', kind: 'own' },
          ],
        },
      },
    })
  })

  test('is named by a path from a folder, absolute, or as URL', () => {
    const path = file('near.words', '/* llmspell {} */')
    for (const source of ['./near.words', path, pathToFileURL(path)]) {
      expect(found(source, folder).records.map(({ id }) => id)).toEqual(['host', 'near'])
    }
  })

  test.each([
    ['no header', 'words', 'line 1, column 1: expected a header comment'],
    [
      'an unknown key',
      '/* llmspell\n{ "contributs": {} } */',
      "line 2: the header of a file has no key 'contributs'",
    ],
    ['a key of packages', '/* llmspell { "main": "./x.js" } */', "no key 'main'"],
    ['no phase of its own', '/* llmspell { "phase": "core" } */', "no key 'phase'"],
    ['a version that is no text', '/* llmspell { "version": 1 } */', "'version': expected text"],
    ['an id that is none', '/* llmspell { "id": "A b" } */', "'llmspell.id'"],
    [
      'a wrong short schema',
      '/* llmspell {\n"contributes": {\n"things": [{\n"input": { "n": "int" } }] } } */',
      'line 4: The schema is wrong',
    ],
    [
      'items that are none',
      '/* llmspell { "contributes": { "things": [1] } } */',
      'contributes.things[0]',
    ],
    ['other bytes', Uint8Array.of(0x2f, 0x2a, 0xff, 0xfe), 'expected text in UTF-8'],
    ['ten megabytes of header', `/* llmspell {"a":"${'x'.repeat(1e7)}"} */`, 'found a longer one'],
  ])('is rejected with %s', (name, text, expected) => {
    const { records, rejected } = found(file(`${name.replaceAll(' ', '-')}.words`, text))
    expect(records.map(({ id }) => id)).toEqual(['host'])
    const [problem] = rejected[0]!.problems
    expect(`${problem!.path.split(':').slice(1).join(':')}: ${problem!.text}`).toContain(expected)
    expect(problem).toMatchObject({ code: 'MANIFEST_INVALID', severity: 'error' })
  })

  test.each([
    [
      'a point that its host does not carry',
      { contributes: { other: [{ name: 'a' }] } },
      "cannot carry 'other'",
    ],
    [
      'a service that its host does not know',
      { requires: { network: '^1' } },
      "requires the service 'network'",
    ],
    ['services of its own', { provides: { a: '1.0.0' } }, "no key 'provides'"],
  ])('may not have %s', (_name, header, expected) => {
    const path = file('beyond.words', `/* llmspell ${JSON.stringify(header)} */`)
    const { problems } = planOf({ plugins: [path, host] })
    expect(problems.map(({ text }) => text).join('\n')).toContain(expected)
  })

  test('needs a host for its ending', () => {
    const path = file('strange.other', '/* llmspell {} */')
    const { problems } = planOf({ plugins: [path, host] })
    expect(problems).toMatchObject([{ code: 'PLUGIN_HOST', plugin: 'strange' }])
  })

  test('that is not there, or no file, is said to be so', () => {
    mkdirSync(join(folder, 'a-folder.words'))
    expect(found(join(folder, 'none.words')).rejected[0]?.problems[0]?.text).toContain(
      'it is not there',
    )
    expect(found('/dev/null').rejected[0]?.problems[0]?.text).toContain('expected a file')
    expect(found(join(folder, 'a-folder.words')).rejected[0]?.problems[0]?.code).toBe(
      'PLUGIN_NOT_FOUND',
    )
  })

  test('never makes discovery throw, whatever its header says', () => {
    const header = fc.record(
      {
        id: fc.anything(),
        version: fc.anything(),
        contributes: fc.oneof(
          fc.anything(),
          fc.dictionary(
            fc.constantFrom('things', 'hooks', 'points', '__proto__', 'other'),
            fc.anything(),
          ),
        ),
        permissions: fc.anything(),
        config: fc.anything(),
        engines: fc.anything(),
        requires: fc.anything(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(header, (value) => {
        const text = JSON.stringify(value, (_key, one: unknown) =>
          typeof one === 'bigint' ? 1 : one,
        )
        const { records, rejected } = found(file('any.words', `/* llmspell ${text} */`))
        expect(records.length + rejected.length).toBe(2)
      }),
      { numRuns: 60 },
    )
  })
})
