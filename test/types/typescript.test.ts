import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { camel, filesOf } from '@llmspell/sdk/types-of'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile, type Complaint } from '../support/compile.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { ROOT } from '../support/root.ts'
import { apiOfHouse } from '../support/script-api.ts'

const DECLARED = readFileSync(join(ROOT, 'cli', 'types', 'llmspell.d.ts'), 'utf8')
const RIGHT = readFileSync(new URL('../fixtures/types/right.ts', import.meta.url), 'utf8')
const WRONG = readFileSync(new URL('../fixtures/types/wrong.ts', import.meta.url), 'utf8')

let house: House
beforeAll(async () => void (house = await openHouse()))
afterAll(() => house[Symbol.asyncDispose]())

/** Every example of every description, as a file of its own. */
function examples(): Record<string, string> {
  const { modules } = apiOfHouse(house)
  const rows = modules.flatMap(({ name, functions, handles }) => [
    ...functions.map((fn) => [`${name}.${fn.name}`, fn] as const),
    ...handles.flatMap((handle) =>
      handle.methods.map((fn) => [`${name}.${handle.name}.${fn.name}`, fn] as const),
    ),
  ])
  return Object.fromEntries(
    rows.flatMap(([name, fn]) =>
      fn.examples.map(({ javascript }, i) => [`${name}.${i}.js`, javascript]),
    ),
  )
}

describe('the declarations for scripts', () => {
  let said: readonly Complaint[] = []
  beforeAll(async () => {
    said = await compile({
      'llmspell.d.ts': DECLARED,
      'right.ts': RIGHT,
      'wrong.ts': WRONG,
      ...examples(),
    })
  })
  const about = (file: RegExp): Complaint[] => said.filter((row) => file.test(row.file))

  test('compile, and so does right use', () => {
    expect(about(/llmspell|right/)).toEqual([])
  })

  test('fit every example of every description', () => {
    expect(Object.keys(examples()).length).toBeGreaterThan(60)
    expect(about(/\.js$/)).toEqual([])
  })

  const lines = WRONG.split('\n')
  const wrong = lines.flatMap((text, i) => (text.includes('// wrong: ') ? [[text, i + 1]] : []))
  test.each(wrong as [string, number][])('refuse %s', (text, line) => {
    expect(about(/wrong/).filter((row) => row.line === line)).not.toEqual([])
    expect(text).not.toBe('')
  })

  test('refuse nothing else', () => {
    const marked = new Set(wrong.map(([, line]) => line))
    expect(about(/wrong/).filter((row) => !marked.has(row.line))).toEqual([])
  })
})

test('the declarations name all that scripts can call', () => {
  for (const { name, functions, handles } of apiOfHouse(house).modules) {
    const text = DECLARED.slice(DECLARED.indexOf(`declare namespace ${name} {`))
    const all = [...functions, ...handles.flatMap((handle) => handle.methods)]
    const native = name === 'JSON' ? ['parse', 'stringify'] : []
    const lost = all.filter(
      (fn) => !text.includes(`${camel(fn.name)}(`) && !text.includes(`${fn.name}<`),
    )
    expect(lost.map((fn) => fn.name).filter((each) => !native.includes(each))).toEqual([])
  }
})

test('what a plugin of others describes compiles too, whatever its texts are', async () => {
  const odd = {
    name: 'Odd',
    version: '1.0.0',
    doc: 'Ends */ early\n@throws nothing',
    functions: {
      with: {
        doc: 'A word of the language. */',
        params: [
          { name: 'default', schema: { type: 'string', description: 'x */ y' } },
          { name: 'function', schema: { $ref: '#/$defs/my-def' }, optional: true },
          { name: 'none', schema: { $ref: '#/$defs/gone' }, optional: true },
        ],
        result: { enum: ["it's", 'a\nb', 3, null] },
      },
    },
    handles: { 'odd-one': { doc: 'x', methods: {}, fields: { 'a-b': { 'x-handle': 'Nobody' } } } },
    $defs: {
      'my-def': {
        type: 'object',
        properties: { 'key "1"': { type: ['string', 'null'] }, list: { items: {} } },
      },
      Tree: { type: 'object', properties: { down: { $ref: '#/$defs/Tree' } } },
    },
  }
  const { apiOf } = await import('@llmspell/sdk/types-of')
  const files = filesOf(apiOf({ modules: [odd], tools: [] }))
  const [{ text: declared }, { text: annotated }] = files as unknown as readonly [
    { text: string },
    { text: string },
  ]
  const use =
    "const x: 'a b' | \"it's\" | 3 | null = await Odd.with('a', { 'key \"1\"': null })\nprint(x)"
  expect(await compile({ 'llmspell.d.ts': declared, 'use.ts': use })).toEqual([])
  await house.runtime.run({ source: annotated, file: 'odd.lua', engine: 'lua' })
})
