import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OllamaServer } from '../support/ollama-server.ts'
import { apiOfHouse } from '../support/script-api.ts'
import { engines, openAll } from './engines.ts'

// Some examples speak to a server of one's own.
const server = await OllamaServer.start()
const ollama = { base_url: server.baseUrl }
const root = mkdtempSync(join(tmpdir(), 'llmspell-examples-'))
const house = await openAll({
  plugins: {
    models: { providers: { ollama } },
    state: { store: 'memory', backup_folder: join(root, 'backups') },
  },
})
const ENGINES = await engines()

beforeAll(() => {
  writeFileSync(join(root, 'notes.txt'), 'Lamps: three.\n')
})
afterAll(async () => {
  await house.kernel.stop()
  await server.close()
  rmSync(root, { recursive: true, force: true })
})

const FUNCTIONS = apiOfHouse(house)
  .modules.filter(({ name }) => name !== 'Probe')
  .flatMap(({ name, functions, handles }) => [
    ...functions.map((fn) => ({ ...fn, name: `${name}.${fn.name}` })),
    ...handles.flatMap((handle) =>
      handle.methods.map((fn) => ({ ...fn, name: `${name}.${handle.name}.${fn.name}` })),
    ),
  ])

test('every function has an example in both languages', () => {
  const bare = FUNCTIONS.filter(
    ({ examples }) => !examples.some(({ lua, javascript }) => lua !== '' && javascript !== ''),
  )
  expect(bare.map(({ name }) => name)).toEqual([])
})

describe.each(FUNCTIONS)('the examples of $name', ({ examples }) => {
  test.each(ENGINES)('run in $name', async ({ name, language }) => {
    for (const example of examples) {
      const ended = await house.runtime.run({
        source: language === 'lua' ? example.lua : example.javascript,
        file: 'example',
        engine: name,
        root,
        settings: { model: 'mock/demo' },
        allow: { net: [server.origin] },
        limits: { timeMs: 20_000 },
      })
      expect(ended.value).toBeUndefined()
    }
  })
})
