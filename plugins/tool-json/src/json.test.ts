import { ThreadPool } from '../../sandbox/src/threads/pool.ts'
import type { Value } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import plugin from './index.ts'

const main = new URL('../../sandbox/src/threads/thread-main.ts', import.meta.url)
const workers = new ThreadPool(main)
const services = { workers }
const options = { package: new URL('../', import.meta.url), plugin, name: 'json', services }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})
afterAll(() => workers.close())

async function run(input: Value): Promise<Record<string, Value>> {
  return (await bench.run(input)).result as Record<string, Value>
}

async function failure(input: Value): Promise<unknown> {
  return bench.run(input).then(
    ({ result }) => result,
    (error: unknown) => error,
  )
}

const parsed = (text: string) => run({ operation: 'parse', text })

/** Anything that JSON can say and that crosses the door. */
const documents = fc
  .jsonValue({ maxDepth: 5, stringUnit: 'grapheme' })
  .map((value) => JSON.stringify(value))
  .filter((text) => !/"(?:__proto__|constructor|prototype|\$llmspell)":/.test(text))
  .map((text) => JSON.parse(text) as Value)

function isTaken(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('parse and format', () => {
  test('whatever is formatted is parsed to the same', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 0, max: 8 }), async (data, indent) => {
        const { text } = await run({ operation: 'format', data, indent })
        expect((await parsed(text as string))['value']).toEqual(data)
      }),
    )
  })

  test('a text is taken where JSON.parse takes it, and refused where it does not', async () => {
    const near = fc
      .tuple(documents, fc.nat(), fc.string({ maxLength: 2 }))
      .map(([data, at, more]) => {
        const text = JSON.stringify(data)
        const place = at % (text.length + 1)
        return text.slice(0, place) + more + text.slice(place + 1)
      })
    await fc.assert(
      fc.asyncProperty(near, async (text) => {
        fc.pre(text.isWellFormed())
        const { code = 'ok', value } = (await failure({ operation: 'parse', text })) as {
          readonly code?: string
          readonly value?: Value
        }
        const first = isTaken(text) ? 'ok' : 'JSON_SYNTAX'
        expect([first, 'JSON_VALUE', 'JSON_LIMIT']).toContain(code)
        expect(value).toEqual(code === 'ok' ? JSON.parse(text) : undefined)
      }),
      { numRuns: 1000 },
    )
  })

  test('sorted members come in order at every level', async () => {
    const data = { b: [{ d: 1, c: 2 }], a: 0 }
    const { text } = await run({ operation: 'format', data, indent: 0, sort_keys: true })
    expect(text).toBe('{"a":0,"b":[{"c":2,"d":1}]}')
  })

  test('a fault has its line, its column and a caret', async () => {
    expect(await failure({ operation: 'parse', text: '{\n  "a": 1,\n  "b" 2\n}' })).toMatchObject({
      code: 'JSON_SYNTAX',
      message: "The JSON 'text' cannot be taken at line 3, column 7: expected ':', found '2'.",
      hint: 'Correct it here:\n  "b" 2\n      ^',
      details: { line: 3, column: 7, offset: 18 },
    })
  })
})

describe('patch and diff', () => {
  test('the patch of a difference leads there', async () => {
    await fc.assert(
      fc.asyncProperty(documents, documents, async (data, to) => {
        const { patch } = await run({ operation: 'diff', data, to })
        expect(await run({ operation: 'patch', data, patch: patch! })).toEqual({ value: to })
      }),
      { numRuns: 60 },
    )
  })

  test('equal documents differ by nothing', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (data) => {
        expect(await run({ operation: 'diff', data, to: data })).toEqual({ patch: [] })
      }),
      { numRuns: 30 },
    )
  })

  test('a failed test leaves all as it was and names its operation', async () => {
    const data = { a: 1 }
    const patch = [
      { op: 'replace', path: '/a', value: 2 },
      { op: 'test', path: '/a', value: 3 },
    ]
    expect(await failure({ operation: 'patch', data, patch })).toMatchObject({
      code: 'JSON_PATCH_FAILED',
      message:
        "Operation 1 of the patch, 'test' at '/a', failed: expected 3 (number), found 2 (number).",
      details: { index: 1, op: 'test', path: '/a' },
    })
    expect(data).toEqual({ a: 1 })
  })

  test.each([
    [{ op: 'remove', path: '/toString' }, "no member 'toString'"],
    [{ op: 'copy', from: '/valueOf', path: '/b' }, "no member 'valueOf'"],
    [{ op: 'replace', path: '/list/x', value: 1 }, "no element 'x'"],
    [{ op: 'replace', path: '/list/2', value: 1 }, "no element '2'"],
    [{ op: 'add', path: '/list/01', value: 1 }, 'no such place'],
    [{ op: 'add', path: '/none/b', value: 1 }, "no member 'none'"],
    [{ op: 'add', path: '/b' }, "needs 'value'"],
    [{ op: 'move', path: '/b' }, "needs 'from'"],
    [{ op: 'move', from: '/list', path: '/list/0' }, 'no such place'],
    [{ op: 'remove', path: '' }, 'cannot be removed'],
    [{ op: 'add', path: '/__proto__/x', value: 1 }, "'__proto__' is refused"],
    [{ op: 'add', path: '/constructor', value: 1 }, "'constructor' is refused"],
    [{ op: 'remove', path: 'a' }, "expected '/' first"],
  ])('%j fails: %s', async (operation, why) => {
    const found = await failure({ operation: 'patch', data: { list: [0, 1] }, patch: [operation] })
    expect(found).toMatchObject({
      code: 'JSON_PATCH_FAILED',
      message: expect.stringContaining(why),
      details: { index: 0 },
    })
  })

  test('the root can be replaced, and elements added at the end', async () => {
    const patch = [
      { op: 'replace', path: '', value: [1] },
      { op: 'add', path: '/-', value: 2 },
    ]
    expect(await run({ operation: 'patch', data: {}, patch })).toEqual({ value: [1, 2] })
  })
})

describe('merge', () => {
  // The examples of RFC 7396, appendix A, that objects of ours can hold.
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ] as const)('%j with %j is %j', async (data, patch, value) => {
    expect(await run({ operation: 'merge', data, merge: patch })).toEqual({ value })
  })
})

describe('pointer', () => {
  // RFC 6901, section 5.
  const data = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'm~n': 8, ' ': 7 }
  test.each([
    ['', data],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/m~0n', 8],
    ['/ ', 7],
  ])('%s', async (pointer, value) => {
    expect(await run({ operation: 'pointer', data, pointer })).toEqual({ value })
  })

  test.each([
    ['/fo', "Did you mean 'foo'?"],
    ['/foo/2', 'Its elements are 0 to 1.'],
    ['/foo/-', 'Its elements are 0 to 1.'],
    ['/foo/length', 'Its elements are 0 to 1.'],
    ['foo', "Write '/foo'."],
    ['/foo~2', "Write '~0' for '~' and '~1' for '/'."],
    ['/foo/0/x', 'Shorten the pointer.'],
    ['/constructor/name', 'Its members:'],
  ])('%s leads nowhere: %s', async (pointer, hint) => {
    expect(await failure({ operation: 'pointer', data, pointer })).toMatchObject({
      code: 'JSON_POINTER',
      hint: expect.stringContaining(hint),
    })
  })
})

test('the same query gives the same inline and in a thread', async () => {
  const data = { a: [{ b: [1, [2]] }, { b: [3] }], 'x y': { z: null } }
  const paths = ['a', 'a[0].b', 'a[*].b', 'a[].b[]', '*', '@', 'a[-1].b[0]', '"x y".z', 'none.of']
  for (const path of paths) {
    const inline = await run({ operation: 'query', data, expression: path })
    expect(await run({ operation: 'query', data, expression: `(${path})` })).toEqual(inline)
  }
})

test('a wrong expression says what was expected', async () => {
  expect(await failure({ operation: 'query', data: {}, expression: 'a[?' })).toMatchObject({
    code: 'JSON_EXPRESSION',
    message: expect.stringContaining("The expression 'a[?' cannot be evaluated"),
  })
  const wrong = { operation: 'query', data: { a: 1 }, expression: 'length(a)' }
  expect(await failure(wrong)).toMatchObject({
    code: 'JSON_EXPRESSION',
    message: expect.stringContaining('received type number'),
  })
})

describe('fields', () => {
  test.each([
    [{ operation: 'query', data: {} }, [['expression', 'nothing']]],
    [
      { operation: 'query' },
      [
        ['expression', 'nothing'],
        ['data', 'nothing'],
      ],
    ],
    [{ operation: 'parse' }, [['text', 'nothing']]],
    [{ operation: 'parse', text: '1', data: 1 }, [['data', 'a value']]],
    [{ operation: 'format', data: 1, text: '1' }, [['text', 'both']]],
    [{ operation: 'merge', data: {}, merge: {}, indent: 2 }, [['indent', 'a value']]],
  ])('%j', async (input, rows) => {
    expect(await failure(input)).toMatchObject({
      code: 'INPUT_INVALID',
      details: { errors: rows.map(([path, found]) => expect.objectContaining({ path, found })) },
    })
  })

  test('the document may be text for every operation', async () => {
    const text = '{"a": [1]}'
    expect(await run({ operation: 'pointer', text, pointer: '/a/0' })).toEqual({ value: 1 })
    expect(await run({ operation: 'format', text, indent: 0 })).toEqual({ text: '{"a":[1]}' })
    expect(await run({ operation: 'format', data: null })).toEqual({ text: 'null' })
  })
})
