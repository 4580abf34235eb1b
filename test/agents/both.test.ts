import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSpellError } from '@llmspell/sdk'
import type { RunOptions } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { png } from '../media-values/pictures.ts'
import { GoogleServer } from '../support/google-server.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import { PLUGINS, ROWS, type Row } from './rows.ts'

const ENGINES = ['lua', 'fengari', 'javascript'] as const
type Engine = (typeof ENGINES)[number]

let house: House
let openai: OpenAIServer
let google: GoogleServer
let root = ''

beforeAll(async () => {
  openai = await OpenAIServer.start()
  google = await GoogleServer.start()
  const providers = {
    openai: { base_url: openai.baseUrl, api_key: 'sk-lab' },
    google: { base_url: google.baseUrl, api_key: 'sk-lab' },
  }
  house = await openHouse(PLUGINS, [], { plugins: { models: { providers } } })
  root = mkdtempSync(join(tmpdir(), 'agents-'))
  writeFileSync(join(root, 'lamp.png'), png(7, 5))
  writeFileSync(join(root, 'page.pdf'), '%PDF-1.7\n')
  writeFileSync(join(root, 'notes.txt'), 'Lamps: three.\n')
  writeFileSync(join(root, 'failed.json'), '{"success": false}')
  writeFileSync(join(root, 'wrong.png'), '%PDF-1.7\n')
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await Promise.all([openai.close(), google.close()])
  rmSync(root, { recursive: true, force: true })
})

async function run(engine: Engine, row: Row): Promise<unknown> {
  openai.reset((index) => row.openai?.[index] ?? { text: 'too many requests' })
  google.reset((index) => row.google?.[index] ?? { text: 'too many requests' })
  const source = engine === 'javascript' ? row.javascript : row.lua
  const allow: RunOptions['allow'] = row.allow ?? { read: ['.'] }
  const given = source.replaceAll('BASE', openai.baseUrl).replaceAll('ORIGIN', openai.origin)
  const grants = { ...allow, net: [openai.origin], 'net-private': [openai.origin] }
  const ended = await house.runtime.run({
    source: given,
    file: 'script',
    engine,
    root,
    settings: { model: 'mock/demo' },
    allow: grants,
    limits: { timeMs: 20_000 },
  })
  return ended.value
}

const codeOf = (error: unknown) =>
  isSpellError(error) ? { code: error.code } : { thrown: String(error) }

describe.each(ENGINES)('agents in %s', (engine) => {
  test.each(ROWS)('$name', async (row) => {
    const ended = await run(engine, row).catch((error: unknown) => codeOf(error))
    expect(ended).toEqual(row.error === undefined ? row.value : { code: row.error })
    const bodies = [...openai.requests, ...google.requests].map(({ body, headers }) => ({
      ...body,
      key: headers.authorization,
    }))
    expect(bodies).toMatchObject(row.sent ?? bodies)
  })
})
