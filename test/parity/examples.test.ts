import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RunRequest, ScriptModuleItem } from '@llmspell/sdk'
import { scriptModuleSuite, type ModulePlace } from '@llmspell/sdk/testing'
import { afterAll, beforeAll } from 'vitest'
import { OllamaServer } from '../support/ollama-server.ts'
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
const REQUEST: Partial<RunRequest> = {
  root,
  settings: { model: 'mock/demo' },
  allow: { net: [server.origin] },
  limits: { timeMs: 20_000 },
}

beforeAll(() => {
  writeFileSync(join(root, 'notes.txt'), 'Lamps: three.\n')
})
afterAll(async () => {
  await house.kernel.stop()
  await server.close()
  rmSync(root, { recursive: true, force: true })
})

const place = (name: string): ModulePlace => ({
  runtime: house.runtime,
  engines: ENGINES,
  request: REQUEST,
  handlers: () => house.kernel.extensions.get('script-modules', name),
  // Twice the time: a durable run and its replay for each function.
  durable: process.env['LLMSPELL_TEST_FULL'] === '1',
})

for (const { name, plugin } of house.kernel.extensions.list<
  ScriptModuleItem & Record<string, unknown>
>('script-modules')) {
  const folder = house.kernel.list().find(({ id }) => id === plugin)?.root
  if (folder === undefined) continue
  const url = pathToFileURL(`${folder}/`)
  scriptModuleSuite({ package: url, name, open: () => place(name) })
}
