import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, RunRequest, TapeMode, TapeReport, Usage } from '@llmspell/sdk'
import { openHouse } from '../support/kernel.ts'
import type { House } from '../support/kernel.ts'

const PLUGINS = [
  'permissions',
  'secrets',
  'files',
  'http',
  'media',
  'artifacts',
  'budgets',
  'models',
  'provider-mock',
  'provider-replay',
  'tools',
  'tool-calculator',
  'agents',
  'engine-lua',
  'engine-javascript',
  'script-runtime',
]
const REAL = ['language-models', 'provider-openai']

/** A house with a recorder, and a server for OpenAI where there is an address. */
export function replayHouse(baseUrl: string | undefined, replay: object = {}): Promise<House> {
  const openai = { base_url: baseUrl, api_key: 'env:REPLAY_TEST_KEY' }
  const models = { retry: { base_ms: 1 }, ...(baseUrl ? { providers: { openai } } : {}) }
  const config = { plugins: { models, 'provider-replay': replay } }
  return openHouse(baseUrl ? [...PLUGINS, ...REAL] : PLUGINS, [], config)
}

/** What a run showed, and what became of its tape. */
export interface Played {
  readonly output: string
  readonly usage?: Usage
  readonly failure?: ErrorRecord
  readonly report?: TapeReport
  readonly refused?: ErrorRecord
}

/** Runs a script with a cassette. */
export async function play(
  { kernel, runtime }: House,
  tapeOptions: { readonly file: string; readonly mode: TapeMode },
  script: Pick<RunRequest, 'source' | 'file'> & Partial<RunRequest>,
): Promise<Played> {
  const tape = await (await kernel.use('recorder')).open(tapeOptions)
  let output = ''
  const write = (text: string): void => void (output += text)
  const settings = { ...script.settings, tape: tape.id }
  const ran = await runtime.run({ ...script, write, settings }).then(
    ({ usage }) => ({ usage }),
    (error: unknown) => ({ failure: toErrorRecord(error) }),
  )
  const closed = await tape.close().then(
    (report) => ({ report }),
    (error: unknown) => ({ refused: toErrorRecord(error) }),
  )
  return { output, ...ran, ...closed }
}

/** A folder for cassettes. */
export class Shelf implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'llmspell-replay-'))

  at(name: string): string {
    return join(this.path, name)
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8')
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
