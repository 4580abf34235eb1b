import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { manifestHash } from '@llmspell/kernel'
import { ROOT } from '../support/root.ts'

/** The program as npm links it. */
export const BIN = join(ROOT, 'cli', 'bin', 'llmspell.cjs')

/** What came of a process. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface SpawnOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Sent to stdin, which is then closed. Without it stdin stays open and silent. */
  readonly input?: string
  /** Called with the process as soon as it runs. */
  readonly meet?: (child: ChildProcess) => void
}

/** A folder with some files, removed at the end of the scope. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'llmspell-cli-'))

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  write(name: string, text: string | Uint8Array): string {
    const file = join(this.path, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** The files of a plugin folder in which one plugin, of this package.json, was installed and is trusted. */
export function pluginFolder(
  json: Readonly<Record<string, unknown>> & { readonly name: string },
  folder = 'plugins',
): Readonly<Record<string, string>> {
  const { name, llmspell } = json
  const { id = name } = (llmspell ?? {}) as { readonly id?: string }
  const entry = { id, package: name, trusted: true, manifestHash: manifestHash(json) }
  return {
    [`${folder}/package.json`]: JSON.stringify({ dependencies: { [name]: '1.0.0' } }),
    [`${folder}/plugins.lock.json`]: JSON.stringify({ plugins: [entry] }),
    [`${folder}/node_modules/${name}/package.json`]: JSON.stringify(json),
  }
}

// One home for all: its compile cache is warm after the first process.
const HOME = mkdtempSync(join(tmpdir(), 'llmspell-home-'))
process.on('exit', () => rmSync(HOME, { recursive: true, force: true }))

/** An environment without keys, colours and what the machine may have set up. */
export function cleanEnv(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    HOME,
    LLMSPELL_HOME: HOME,
    ...more,
  }
}

/** Runs `llmspell` with these words to its end. */
export function llmspell(argv: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...argv], {
      cwd: options.cwd ?? ROOT,
      env: cleanEnv(options.env),
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString('utf8'))
      resolve({ code, signal, stdout: stdout!, stderr: stderr! })
    })
    if (options.input !== undefined) child.stdin.end(options.input)
    options.meet?.(child)
  })
}

/** The one JSON document on stdout; fails where there is more or less. */
export function envelope({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>
}

/** Width of the widest line. */
export function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => Array.from(line).length))
}
