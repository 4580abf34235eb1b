import { expect, test } from 'vitest'
import { painter } from '../print/style.ts'
import { luaValue } from './lua.ts'
import { toolPage } from './page.ts'
import type { ToolEntry } from './schema.ts'

const ENTRY: ToolEntry = {
  point: 'tools',
  name: 'file-read',
  plugin: 'tool-file-read',
  item: {
    name: 'file-read',
    description: 'Reads a text file. '.repeat(8).trim(),
    category: 'files',
    input: {},
    effect: 'pure',
    permissions: { read: ['workspace'] },
    examples: [{ input: { path: 'notes.txt', end: true } }],
  },
}
const SCHEMA = {
  required: ['path'],
  properties: {
    limit: { type: 'integer', default: 10, description: 'Lines at most. '.repeat(6) },
    json: { description: 'Any.' },
    path: { $ref: '#/$defs/Path', description: 'The file.' },
  },
  $defs: { Path: { type: 'string' } },
}

test('a page has parameters, grants and an example, in 80 columns', () => {
  const text = toolPage(ENTRY, SCHEMA, ['json'], painter(false, {}))
  expect(text).toMatch(/--path +text +yes +The file\./)
  expect(text).toMatch(/--limit +integer += 10 +Lines/)
  expect(text).toContain('read (grant it with --allow-read)')
  expect(text).toMatch(/--param.json +any +no +Any/)
  expect(text).toContain('write --param.json VALUE')
  expect(text).toContain('llmspell tool invoke file-read --path notes.txt --end --allow-read=.')
  expect(text).toContain('{ path: "notes.txt", end: true }')
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'print(Tool.execute("file-read", { path = "notes.txt", ["end"] = true }).text)',
  )
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
})

test('plain data as Lua writes it', () => {
  expect(luaValue({ a: [1, 'x'], 'b-c': null, d: {} })).toBe(
    '{ a = { 1, "x" }, ["b-c"] = nil, d = {} }',
  )
})
