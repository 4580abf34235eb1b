import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** One that says nothing for so long hangs, however busy the machine is. */
const SILENT_MS = 120_000

/** A process of its own that uses a store; each line that it says is kept. */
export class Child {
  readonly lines: string[] = []
  readonly #child
  readonly #ended: Promise<unknown>
  #errors = ''

  constructor(script: string, args: readonly string[]) {
    const file = fileURLToPath(new URL(script, import.meta.url))
    const flags = ['--conditions=@llmspell/source', file, ...args]
    this.#child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()))
    const lines = createInterface({ input: this.#child.stdout })
    lines.on('line', (line) => this.lines.push(line))
    this.#ended = Promise.all([once(this.#child, 'exit'), once(lines, 'close')])
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Numbers that were acknowledged. The last line may be cut. */
  get acknowledged(): number[] {
    return this.lines.filter((line) => /^\d+$/.test(line)).map(Number)
  }

  async said(lines: number): Promise<void> {
    let [told, since] = [this.lines.length, Date.now()]
    while (this.lines.length < lines) {
      if (this.#child.exitCode !== null) throw new Error(this.#errors)
      if (this.lines.length > told) [told, since] = [this.lines.length, Date.now()]
      if (Date.now() - since > SILENT_MS)
        throw new Error(`said ${told} of ${lines} lines, then nothing: ${this.#errors}`)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  get role(): string | undefined {
    return this.lines[0]
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    await this.#ended
    if (this.#child.exitCode !== 0) throw new Error(this.#errors)
  }

  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  goOn(): void {
    this.#child.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

export const writerIn = (folder: string, durability: string, from = 0): Child =>
  new Child('writer-child.ts', [folder, durability, String(from)])
