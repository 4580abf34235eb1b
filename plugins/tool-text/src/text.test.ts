import { ThreadPool } from '../../sandbox/src/threads/pool.ts'
import type { Value } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TextInput } from './generated/input.ts'
import type { TextResult } from './generated/output.ts'
import plugin from './index.ts'
import { weightOf } from './weight.ts'

const main = new URL('../../sandbox/src/threads/thread-main.ts', import.meta.url)
const workers = new ThreadPool(main)
const services = { workers }
const options = { package: new URL('../', import.meta.url), plugin, name: 'text', services }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})
afterAll(() => workers.close())

async function run(input: TextInput): Promise<TextResult> {
  return (await bench.run(input as unknown as Value)).result as TextResult
}

async function failure(input: TextInput): Promise<unknown> {
  return run(input).catch((error: unknown) => error)
}

const texts = fc.string({ unit: 'grapheme', maxLength: 60 })

describe('split', () => {
  test('what is joined again is the same', async () => {
    const separators = fc.string({ minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.array(texts), separators, async (lines, separator) => {
        const text = lines.join(separator)
        const { parts } = await run({ operation: 'split', text, by: 'text', separator })
        expect(parts!.join(separator)).toBe(text)
        expect(parts).toEqual(text.split(separator))
      }),
    )
  })

  test('characters are never cut', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 5 }), async (text, size) => {
        const { parts } = await run({ operation: 'split', text, by: 'characters', size })
        expect(parts!.join('')).toBe(text)
        expect(parts!.every((part) => part.isWellFormed())).toBe(true)
      }),
    )
  })

  test('parts of tokens are pieces of the text, also where a character has several', async () => {
    const text = 'Lamps 💡💡 und Kessel — 𝒳𝒴𝒵 漢字 👩‍👩‍👧‍👦 <|endoftext|> end. '.repeat(20)
    for (const encoding of ['o200k_base', 'cl100k_base'] as const) {
      const input = { operation: 'split', text, by: 'tokens', encoding } as const
      const { parts } = await run({ ...input, size: 3 })
      expect(parts!.join('')).toBe(text)
      const overlapping = await run({ ...input, size: 12, overlap: 5 })
      expect(overlapping.parts!.every((part) => text.includes(part))).toBe(true)
      expect(overlapping.parts!.length).toBeGreaterThan(parts!.length / 4)
      let [at, end] = [0, 0]
      for (const part of overlapping.parts!) {
        at = text.indexOf(part, at)
        expect(at).toBeLessThanOrEqual(end)
        end = at + part.length
      }
      expect(end).toBe(text.length)
    }
  })

  test('lines of every kind, without an empty one at the end', async () => {
    const { parts } = await run({ operation: 'split', text: 'a\r\nb\rc\n\nd\n' })
    expect(parts).toEqual(['a', 'b', 'c', '', 'd'])
    expect((await run({ operation: 'split', text: '' })).parts).toEqual([])
  })
})

describe('patterns', () => {
  /** Patterns that both engines read alike. */
  const atoms = fc.constantFrom(
    'a',
    'b',
    '[ab]',
    '[^a]',
    '.',
    String.raw`\d`,
    String.raw`\w`,
    '(a)',
    '(b|ab)',
    '(?:ab)',
    '😀',
  )
  const repeats = fc.constantFrom('', '', '*', '+', '?', '*?', '{1,2}')
  const patterns = fc
    .array(fc.tuple(atoms, repeats), { minLength: 1, maxLength: 4 })
    .map((parts) =>
      parts.map(([atom, repeat]) => (atom === '😀' ? `(?:😀)${repeat}` : atom + repeat)).join(''),
    )
  const subjects = fc
    .array(fc.constantFrom('a', 'b', 'ab', '1', ' ', '😀', 'é'), { maxLength: 12 })
    .map((parts) => parts.join(''))

  test('find what RegExp finds, at the same places', async () => {
    await fc.assert(
      fc.asyncProperty(patterns, subjects, async (pattern, text) => {
        const { matches } = await run({ operation: 'match', text, pattern })
        const expected = [...text.matchAll(new RegExp(pattern, 'gu'))].map((found) => ({
          text: found[0],
          start: found.index,
          end: found.index + found[0].length,
        }))
        expect(matches!.map(({ text: t, start, end }) => ({ text: t, start, end }))).toEqual(
          expected,
        )
      }),
      { numRuns: 300 },
    )
  })

  test('replace and split as RegExp does', async () => {
    await fc.assert(
      fc.asyncProperty(patterns, subjects, async (pattern, text) => {
        const replaced = await run({ operation: 'replace', text, pattern, with: '<$$>' })
        expect(replaced.text).toBe(text.replaceAll(new RegExp(pattern, 'gu'), '<$$>'))
      }),
    )
    const plain = await run({ operation: 'split', text: 'a1b22c', by: 'regex', pattern: '[0-9]+' })
    expect(plain.parts).toEqual('a1b22c'.split(/[0-9]+/))
  })

  test.each([
    ['(a)\\1', 'refers back'],
    ['(?<n>a)\\k<n>', 'refers back'],
    ['a(?=b)', 'looks around'],
    ['(?<!a)b', 'looks around'],
    ['(', 'missing closing )'],
    ['a{2000}', 'invalid repeat count'],
  ])('%s is refused: %s', async (pattern, why) => {
    expect(await failure({ operation: 'match', text: 'ab', pattern })).toMatchObject({
      code: 'TEXT_PATTERN',
      message: expect.stringContaining(why),
      hint: expect.stringContaining('no look-around and no back-references'),
    })
  })

  test('groups are put in by number and by name', async () => {
    const input = {
      operation: 'replace',
      text: 'Ada Byron',
      pattern: '(?<first>\\w+) (\\w+)',
    } as const
    expect((await run({ ...input, with: '$2, ${first} $$1 $0' })).text).toBe(
      'Byron, Ada $1 Ada Byron',
    )
    expect(await failure({ ...input, with: '$3' })).toMatchObject({ code: 'TEXT_PATTERN' })
    expect(await failure({ ...input, with: '${frist}' })).toMatchObject({
      hint: "Did you mean 'first'?",
    })
  })

  test('a limit stops, and says that there was more', async () => {
    expect(await run({ operation: 'match', text: 'aaa', pattern: 'a', limit: 2 })).toMatchObject({
      count: 2,
      truncated: true,
    })
    expect(
      await run({ operation: 'replace', text: 'aaa', find: 'a', with: 'b', limit: 2 }),
    ).toEqual({
      text: 'bba',
      count: 2,
    })
  })
})

describe('fill', () => {
  const names = fc.stringMatching(/^[a-z]{1,8}$/)
  test('every name once, and nothing that a value holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, texts, { minKeys: 1 }), async (values) => {
        const keys = Object.keys(values).filter((key) => key !== 'constructor')
        const text = keys.map((key) => `<{{ ${key} }}>`).join('')
        expect(await run({ operation: 'fill', text, values })).toEqual({
          text: keys.map((key) => `<${values[key]}>`).join(''),
          count: keys.length,
        })
      }),
    )
    const values = { a: '{{b}}', b: 'no' }
    expect((await run({ operation: 'fill', text: '{{a}}', values })).text).toBe('{{b}}')
  })

  test.each([
    ['{{nmae}}', "Did you mean 'name'?"],
    ['{{name.first}}', 'Give it in values.'],
    ['{{toString}}', "There are: 'name', 'list'."],
    ['{{list}}', 'Name one of its members, or turn it into text first.'],
    ['{{}}', "There are: 'name', 'list'."],
  ])('%s has no value: %s', async (text, hint) => {
    const values = { name: 'Ada', list: [1] }
    expect(await failure({ operation: 'fill', text, values })).toMatchObject({
      code: 'TEXT_NAME',
      hint,
    })
  })
})

describe('case', () => {
  test.each([
    ['upper', 'straße', 'STRASSE'],
    ['lower', 'İI', 'i̇i'],
    ['title', "the lamp's o'clock", "The Lamp's O'clock"],
    ['sentence', '  HELLO World', '  Hello world'],
    ['camel', 'XMLHttpRequest 2 go', 'xmlHttpRequest2Go'],
    ['pascal', 'user_profile-page', 'UserProfilePage'],
    ['snake', 'userProfilePage', 'user_profile_page'],
    ['kebab', 'HTMLParser v2', 'html-parser-v-2'],
    ['kebab', '', ''],
  ] as const)('%s of %j is %j', async (style, text, expected) => {
    expect((await run({ operation: 'case', text, style })).text).toBe(expected)
  })
})

describe('shape', () => {
  test.each([
    [{ operation: 'trim', text: '--a-b--', characters: '-' }, 'a-b'],
    [{ operation: 'trim', text: ' a ', side: 'start' }, 'a '],
    [{ operation: 'pad', text: '👩‍👩‍👧', size: 3, with: '·', side: 'both' }, '·👩‍👩‍👧·'],
    [{ operation: 'pad', text: 'abc', size: 2 }, 'abc'],
    [{ operation: 'pad', text: '', size: 5, with: 'ab' }, 'ababa'],
    [{ operation: 'truncate', text: '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', size: 2 }, '👩‍👩‍👧…'],
    [{ operation: 'truncate', text: 'abc', size: 3 }, 'abc'],
    [{ operation: 'truncate', text: 'abcdef', size: 2, ending: '...' }, '..'],
  ] as const)('%j gives %j', async (input, expected) => {
    expect((await run(input)).text).toBe(expected)
  })
})

test('counting says what it counts', async () => {
  const text = 'Two 👩‍👩‍👧 é.\n'
  expect(await run({ operation: 'count', text })).toEqual({
    units: 16,
    characters: 13,
    graphemes: 9,
    words: 2,
    lines: 1,
    bytes: 27,
  })
})

test('a difference says nothing where there is none', async () => {
  expect(await run({ operation: 'diff', text: 'a\n', to: 'a\n' })).toEqual({
    text: '',
    added: 0,
    removed: 0,
  })
})

test('the same is done at once and in a thread', async () => {
  const pattern = '(a+)(b)?'
  const short = 'aab a '.repeat(3)
  const long = 'aab a '.repeat(200)
  expect(weightOf({ operation: 'match', text: short, pattern })).toBe('light')
  expect(weightOf({ operation: 'match', text: long, pattern })).toBe('heavy')
  const [first] = (await run({ operation: 'match', text: short, pattern })).matches!
  const { matches } = await run({ operation: 'match', text: long, pattern })
  expect(matches![0]).toEqual(first)
  expect(matches).toHaveLength(400)
})

describe('fields', () => {
  test.each([
    [{ operation: 'match', text: '' }, ['pattern']],
    [{ operation: 'split', text: '', by: 'tokens' }, ['size']],
    [{ operation: 'split', text: '', separator: ',' }, ['separator']],
    [{ operation: 'replace', text: '' }, ['pattern', 'with']],
    [{ operation: 'replace', text: '', find: 'a', pattern: 'a', with: '' }, ['pattern']],
    [{ operation: 'split', text: '', by: 'characters', size: 2, overlap: 2 }, ['overlap']],
    [{ operation: 'count', text: '', style: 'upper' }, ['style']],
  ] as const)('%j', async (input, paths) => {
    expect(await failure(input)).toMatchObject({
      code: 'INPUT_INVALID',
      details: { errors: paths.map((path) => expect.objectContaining({ path })) },
    })
  })
})
