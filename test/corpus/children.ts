import { spawn, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { EngineItem } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'
import type { Batch, Line, Place, Seen } from './rows.ts'

const CHILD = join(ROOT, 'test', 'corpus', 'child.ts')
/** Node itself maps far more than it uses; what it writes to is counted. */
const MOST_BYTES = 2 * 1024 * 1024 * 1024
const EMPTY: Seen = {
  found: 'the host crashed',
  ms: 0,
  limitMs: 0,
  busy: 1,
  lagMs: 0,
  grownBytes: 0,
  wasmBytes: 0,
  alive: false,
}

interface Manifest {
  readonly llmspell: { readonly contributes?: { readonly engines?: readonly EngineItem[] } }
}

/** Every engine of this repository in every place that it runs in. */
export function places(): readonly (Place & Pick<Batch, 'plugin'>)[] {
  const manifests = globSync('plugins/*/package.json', { cwd: ROOT }).toSorted()
  return manifests.flatMap((path) => {
    const { llmspell } = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest
    const plugin = basename(dirname(path))
    return (llmspell.contributes?.engines ?? []).flatMap(({ name, language, extensions, inline }) =>
      (inline ? (['inline', 'worker'] as const) : (['worker'] as const)).map((isolation) => ({
        plugin,
        engine: name,
        language,
        file: `corpus${extensions[0] ?? ''}`,
        isolation,
      })),
    )
  })
}

/** Why attacks on memory cannot run here, if they cannot. */
export function noMemoryLimit(): string | undefined {
  const { status } = spawnSync('prlimit', ['--version'])
  return status === 0 ? undefined : 'prlimit is absent: nothing holds the memory of the process'
}

/** Runs the rows in children, a new one after each crash. */
export async function runBatch(batch: Batch, limited: boolean): Promise<readonly Seen[]> {
  const all: Seen[] = []
  while (all.length < batch.rows.length) {
    const seen = await runChild({ ...batch, rows: batch.rows.slice(all.length) }, limited)
    all.push(...seen)
  }
  return all
}

/** What a child saw of the rows it came to; the one it crashed in is the last. */
async function runChild(batch: Batch, limited: boolean): Promise<readonly Seen[]> {
  const node = [process.execPath, '--expose-gc', CHILD]
  const [command, ...args] = limited ? ['prlimit', `--data=${MOST_BYTES}`, ...node] : node
  const child = spawn(command!, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(`${signal ?? code}`))
  })
  let said = ''
  child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2000)))
  child.stdin.end(JSON.stringify(batch))
  const seen: Seen[] = []
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as Line
    if (line.type === 'end') seen.push(line.seen)
  }
  const end = await ended
  if (seen.length === batch.rows.length && end === '0') return seen
  return [...seen.slice(0, batch.rows.length - 1), { ...EMPTY, message: `exit ${end}\n${said}` }]
}
