import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/root.ts'

const FOLDER = join(ROOT, 'test', 'bench', 'peers')

/** A sequence of steps that each add one, in some library. */
export interface Chain {
  /** What is kept of a run, and when it is on disk. */
  readonly semantics: string
  /** The whole sequence once, from nought. @returns the sum */
  run(): Promise<number>
  /** Rows kept for one run, on average; where another library keeps them. */
  saved?(): Promise<number>
  close?(): Promise<void>
}

interface ChainOptions {
  readonly steps: number
  /** Missing: in memory. */
  readonly file?: string
  readonly synchronous?: 'NORMAL' | 'FULL'
}

interface Peer {
  open(options: ChainOptions): Promise<Chain>
}

/** Puts the other libraries beside this file, once for each lock file. They run no scripts of their own. */
function install(): void {
  const lock = readFileSync(join(FOLDER, 'package-lock.json'), 'utf8')
  const stamp = join(FOLDER, 'node_modules', '.lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  const args = ['ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund']
  const cli = process.env.npm_execpath
  const result = cli
    ? spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' })
    : spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' })
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${result.stderr}`)
  writeFileSync(stamp, lock)
}

const load = (name: string): Promise<Peer> => import(join(FOLDER, `${name}.mjs`)) as Promise<Peer>

/** Installs them if need be. */
export async function peers(): Promise<{ readonly langgraph: Peer; readonly mastra: Peer }> {
  Object.assign(process.env, { LANGSMITH_TRACING: 'false', MASTRA_TELEMETRY_DISABLED: '1' })
  install()
  return { langgraph: await load('langgraph'), mastra: await load('mastra') }
}
