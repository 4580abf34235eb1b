import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NOBODY = 65_534

/** Servers refuse to run as root: then they run as nobody. */
export const asWhom = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

/** A folder for the data of a server, which it may write to. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  if (asWhom.uid !== undefined) chownSync(folder, asWhom.uid, asWhom.gid)
  return folder
}

/** A server as a process, with what it says. */
export class ServerProcess {
  said = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(path: string, args: readonly string[], options: SpawnOptions) {
    const child = spawn(path, args, { ...options, ...asWhom, stdio: ['ignore', 'pipe', 'pipe'] })
    const hear = (chunk: Buffer): void => void (this.said = (this.said + chunk).slice(-20_000))
    child.stdout!.on('data', hear)
    child.stderr!.on('data', hear)
    this.#child = child
    this.#ended = once(child, 'exit')
  }

  /** Waits until it answers. */
  async ready(answers: () => Promise<boolean>): Promise<void> {
    while (!(await answers())) {
      if (this.#child.exitCode !== null) throw new Error(`The server ended: ${this.said}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(signal)
    await this.#ended
  }
}

export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true })
