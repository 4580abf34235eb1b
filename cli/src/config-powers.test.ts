import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refuseSection, SECTION_KEYS } from './config-powers.ts'

const PLUGINS = join(import.meta.dirname, '../../plugins')
type Table = Readonly<Record<string, unknown>>
const read = (...path: readonly string[]): Table =>
  JSON.parse(readFileSync(join(PLUGINS, ...path), 'utf8')) as Table

/** Each of our plugins that has a config, with the keys of its schema. */
const schemas = readdirSync(PLUGINS).flatMap((folder) => {
  const { id, config } = read(folder, 'package.json')['llmspell'] as Table
  if (config === undefined) return []
  const schema = typeof config === 'string' ? read(folder, config) : (config as Table)
  return [[id as string, Object.keys(schema['properties'] as Table)] as const]
})

test.each(schemas)('a project sets of %s what is listed, and nothing else', (id, keys) => {
  const listed = SECTION_KEYS.get(id)
  expect(listed, 'each of our plugins with a config is listed').toBeDefined()
  expect(keys.filter((key) => isSettable(id, key)).toSorted()).toEqual(listed?.toSorted())
})

test('what starts programs, leads to places and guards a run is the user’s own', () => {
  const places = /^(?:path|bubblewrap|proxy|folder|file|url|npm|engines|actions|limits|rules)$/
  for (const [id, keys] of SECTION_KEYS)
    expect({ id, keys: keys.filter((key) => places.test(key)) }).toEqual({ id, keys: [] })
})

test('a plugin that is not ours may be set, but for what powers are called', () => {
  expect(() => refuseSection('llmspell.toml', 'weather', { city: 'Oslo' })).not.toThrow()
  expect(() => refuseSection('llmspell.toml', 'weather', { api_key: 'x' })).toThrow('may not set')
})

function isSettable(id: string, key: string): boolean {
  try {
    refuseSection('llmspell.toml', id, { [key]: null })
    return true
  } catch {
    return false
  }
}
