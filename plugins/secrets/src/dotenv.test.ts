import fc from 'fast-check'
import { cpuMs } from '@llmspell/sdk/testing'
import { describe, expect, test } from 'vitest'
import { parseDotenv } from './dotenv.ts'

const values = (text: string): object => Object.fromEntries(parseDotenv(text).values)

describe('a line', () => {
  test.each([
    ['A=1', { A: '1' }],
    ['  export  A = 1  ', { A: '1' }],
    ['A=', { A: '' }],
    ['A=1 # why', { A: '1' }],
    ['A=1#2', { A: '1#2' }],
    ['A=#2', { A: '' }],
    ['# A=1', {}],
    ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['A=$HOME ${X} `id` $(id)', { A: '$HOME ${X} `id` $(id)' }],
    [`A='a "b" \\n #c' # d`, { A: 'a "b" \\n #c' }],
    [String.raw`A="a \"b\" \\ \n \t \$X # c"`, { A: 'a "b" \\ \n \t $X # c' }],
    ['A="one\ntwo" # x\nB=3', { A: 'one\ntwo', B: '3' }],
    ["A=it's", { A: "it's" }],
    ['A=1\nA=2', { A: '2' }],
    ['a_1=x', { a_1: 'x' }],
  ])('%j', (text, expected) => {
    expect(values(text)).toEqual(expected)
    expect(parseDotenv(text).faults).toEqual([])
  })

  test.each([
    ['A', [1]],
    ['1A=2', [1]],
    ['A.B=2', [1]],
    ['export A', [1]],
    ['=x', [1]],
    ['A="x', [1]],
    ["A='x\ny'", [1, 2]],
    ['A="x" y', [1]],
    [String.raw`A="\q"`, [1]],
    ['A=`id`', [1]],
    ['A=x\0y', [1]],
    ['OK=1\n\nbad line\nB=2', [3]],
  ])('%j is a fault', (text, faults) => {
    const found = parseDotenv(text)
    expect(found.faults).toEqual(faults)
    expect([...found.values.keys()].filter((name) => name === 'A')).toEqual([])
  })
})

const name = fc.stringMatching(/^[A-Za-z_]\w{0,12}$/)
const quoted = (value: string): string =>
  `"${value.replaceAll(/[\\"$]/g, String.raw`\$&`).replaceAll('\r', String.raw`\r`)}"`

test('what is written in double quotes is read as it was', () => {
  const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (table) => {
      const text = Object.entries(table).map(([key, each]) => `export ${key}=${quoted(each)}\n`)
      const { values: found, faults } = parseDotenv(text.join('# a comment\n'))
      expect([...found]).toEqual(Object.entries(table))
      expect(faults).toEqual([])
    }),
  )
})

test('any text is read, and its faults have places', () => {
  const unit = fc.constantFrom('A', '=', '"', "'", '\\', '\n', '#', ' ', '$', '`', '\r', '\0', 'é')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
      const { values: found, faults } = parseDotenv(text)
      const lines = text.split('\n').length
      for (const line of faults) expect(line >= 1 && line <= lines).toBe(true)
      expect(new Set(faults).size).toBe(faults.length)
      for (const key of found.keys()) expect(key).toMatch(/^[A-Za-z_]\w*$/)
    }),
    { numRuns: 2000 },
  )
})

test.each(['A="', 'A=', '\\"', 'A="x" y\n', "A='", '\n', '#'])(
  '64 KiB of %j are quick',
  (piece) => {
    const started = cpuMs()
    parseDotenv(piece.repeat((64 * 1024) / piece.length))
    expect(cpuMs() - started).toBeLessThan(200)
  },
)
