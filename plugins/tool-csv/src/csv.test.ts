import { SpellError } from '@llmspell/sdk'
import type { Files, ToolChunk, Value } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import type { ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { delimiterOf } from './delimiter.ts'
import { isFormula } from './formula.ts'
import type { CsvInput } from './generated/input.ts'
import plugin from './index.ts'

// No test here has a path: those with real files are in the corpus.
const none = (): never => {
  throw new SpellError('FILE_NOT_FOUND', 'There are no files.')
}
const files: Files = { open: none, write: none, stat: none, list: none, protects: () => false }
const options = {
  package: new URL('../', import.meta.url),
  plugin,
  name: 'csv',
  services: { files },
}

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

async function run(input: CsvInput, call: object = {}): Promise<Record<string, Value>> {
  return (await bench.run(input as unknown as Value, call)).result as Record<string, Value>
}

async function failure(input: CsvInput): Promise<unknown> {
  return run(input).catch((error: unknown) => error)
}

const read = (text: string, more: Partial<CsvInput> = {}) =>
  run({ operation: 'read', text, ...more })

describe('what is written is read again', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '"', "'", ',', ';', '\n', '\r', ' ', 'é', '😀', '='),
    maxLength: 6,
  })
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
    )

  test('by lists, with every delimiter, quote and newline', async () => {
    const forms = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      quote: fc.constantFrom('"', "'"),
    })
    await fc.assert(
      fc.asyncProperty(table, forms, fc.constantFrom('\n', '\r\n'), async (rows, form, newline) => {
        const { text } = await run({ operation: 'write', rows, newline, ...form })
        const found = await read(text as string, { header: false, ...form })
        expect(found['rows']).toEqual(rows)
      }),
      { numRuns: 300 },
    )
  })

  test('by objects', async () => {
    const rows = [
      { a: 'x', b: 'y' },
      { a: '', b: '1' },
    ]
    const { text } = await run({ operation: 'write', rows })
    expect((await read(text as string))['rows']).toEqual(rows)
  })
})

describe('columns', () => {
  test('may be named instead of by the first row', async () => {
    const columns = ['a', 'b']
    expect((await read('1,2\n3,4', { columns }))['rows']).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ])
    expect((await read('x,y\n3,4', { columns, header: true }))['rows']).toEqual([
      { a: '3', b: '4' },
    ])
  })

  test('that differ in number are refused with their line, or filled up', async () => {
    const text = 'a,b\n1,2\n3\n4,5,6\n'
    expect(await failure({ operation: 'read', text })).toMatchObject({
      code: 'CSV_COLUMNS',
      message: 'The row that ends at line 3 has 1 cells: expected 2.',
      details: { line: 3, expected: 2 },
    })
    expect((await read(text, { uneven: 'accept' }))['rows']).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: null },
      { a: '4', b: '5', column_3: '6' },
    ])
  })

  test.each(['a,a', 'a,', '__proto__,b', 'constructor,b', '$llmspell,b'])(
    '%s cannot be names',
    async (head) => {
      expect(await failure({ operation: 'read', text: `${head}\n1,2` })).toMatchObject({
        code: 'CSV_COLUMNS',
      })
      expect((await read(`${head}\n1,2`, { as: 'arrays' }))['rows']).toEqual([['1', '2']])
    },
  )
})

test('cells are converted where nothing is lost', async () => {
  const cells = [
    '7',
    '-1.5',
    '1e3',
    '007',
    '9007199254740993',
    'TRUE',
    '2024-03-05',
    '2024-03-05 10:00',
    '2024-03-05T10:00:00+02:00',
    '05/03/2024',
    '',
  ]
  const { rows } = await read(cells.join(','), {
    header: false,
    convert: ['numbers', 'booleans', 'dates'],
  })
  expect(rows).toEqual([
    [
      7,
      -1.5,
      1000,
      '007',
      '9007199254740993',
      true,
      '2024-03-05',
      '2024-03-05T10:00',
      '2024-03-05T08:00:00.000Z',
      '05/03/2024',
      '',
    ],
  ])
})

test.each([
  ['a,b\n1,2\n', ','],
  ['a;b\n"1;,,,,";2,5\n', ';'],
  ['a\tb,c\n1\t2\n', '\t'],
  ['a|b|c\n1|2|3\n', '|'],
  ['one\ntwo\n', ','],
  ['', ','],
])('the delimiter of %j is %j', (text, delimiter) => {
  expect(delimiterOf(text, '"')).toBe(delimiter)
})

test.each([
  ['=1+1', true],
  ['+cmd|x', true],
  ['-2+3', true],
  ['@SUM(A1)', true],
  ['\tx', true],
  ['\rx', true],
  ['＝1', true],
  ['-5', false],
  ['+1.5e3', false],
  ["'=1", false],
  ['a=1', false],
])('%j is a formula: %j', (cell, expected) => {
  expect(isFormula(cell)).toBe(expected)
})

test('formulas are flagged with their places, and guarded where asked', async () => {
  const found = await read('=a,b\n1,=2\n')
  expect(found['flagged']).toEqual({
    count: 2,
    cells: [
      { row: 0, column: 1 },
      { row: 1, column: 2 },
    ],
  })
  const { text } = await run({ operation: 'write', rows: [['=1', '-5', -5]], guard: true })
  expect(text).toBe("'=1,-5,-5\n")
})

describe('what is no CSV', () => {
  test.each([
    ['a,b\n"1,2\n', 'CSV_SYNTAX'],
    ['a,b\n"1"x,2\n', 'CSV_SYNTAX'],
    ['a,b\n1,2"\n', 'CSV_SYNTAX'],
    [`a,b\n1,"${'x'.repeat(1_048_500)}`, 'CSV_SYNTAX'],
  ])('row %#', async (text, code) => {
    expect(await failure({ operation: 'read', text })).toMatchObject({
      code,
      message: expect.stringMatching(/line [12]\b/),
    })
  })
})

describe('parts', () => {
  const text = `n\n${Array.from({ length: 30_000 }, (_, i) => `row ${i}`).join('\n')}\n`

  test('next_offset is where to go on', async () => {
    let [offset, seen] = [0, 0]
    for (;;) {
      const part = await read(text, { offset })
      seen += part['count'] as number
      if (part['truncated'] !== true) break
      offset = part['next_offset'] as number
    }
    expect(seen).toBe(30_000)
    expect(await read(text, { limit: 2, offset: 5 })).toMatchObject({
      rows: [{ n: 'row 5' }, { n: 'row 6' }],
      truncated: true,
      next_offset: 7,
    })
    expect(await read('a\n1\n', { limit: 1 })).toMatchObject({ truncated: false })
  })

  test('all leave by a stream', async () => {
    const chunks: ToolChunk[] = []
    const emit = (chunk: ToolChunk) => void chunks.push(chunk)
    const result = await run({ operation: 'read', text }, { streamed: true, emit })
    const data = chunks.map((chunk) => chunk.data as { rows: Value[]; offset: number })
    expect(data.flatMap(({ rows }) => rows)).toHaveLength(30_000)
    expect(data[3]).toMatchObject({ offset: 300 })
    expect(result).toMatchObject({ rows: [], count: 30_000, truncated: false })
  })
})

describe('fields', () => {
  test.each([
    [{ operation: 'read' }, ['text']],
    [{ operation: 'read', text: '', path: 'a' }, ['text']],
    [{ operation: 'write' }, ['rows']],
    [{ operation: 'write', rows: [], convert: ['dates'] }, ['convert']],
    [{ operation: 'read', text: '', encoding: 'utf-8' }, ['encoding']],
    [{ operation: 'write', rows: [{ a: 1, b: 2 }], columns: ['a'] }, ['rows[0].b']],
  ] as const)('%j', async (input, paths) => {
    expect(await failure(input as unknown as CsvInput)).toMatchObject({
      code: 'INPUT_INVALID',
      details: { errors: paths.map((path) => expect.objectContaining({ path })) },
    })
  })
})

test('rows without a name in common are refused before their table is made', async () => {
  const rows = Array.from({ length: 2000 }, (_, i) => ({ [`k${i}`]: 1 }))
  const outcome: unknown = await bench
    .run({ operation: 'write', rows })
    .catch((error: unknown) => error)
  expect(outcome).toMatchObject({
    code: 'CSV_LIMIT',
    message: "The table of 'rows' is too large: expected at most 500000 cells, found 4000000.",
  })
})
