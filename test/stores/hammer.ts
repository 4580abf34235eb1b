import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { StateBackend } from '@llmspell/sdk'
import { COUNTERS, SCOPE } from './counting.ts'

const SCRIPT = fileURLToPath(new URL('counter-child.ts', import.meta.url))

export interface Hammered {
  readonly kind: 'postgres' | 'redis'
  readonly url: string
  readonly password: string
  kill(): Promise<void>
  run(): Promise<void>
}

/** A process that counts. */
class Counter {
  readonly lines: string[] = []
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #errors = ''

  constructor({ kind, url, password }: Hammered) {
    const flags = ['--conditions=@llmspell/source', SCRIPT, kind, url, password]
    this.#child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()))
    const lines = createInterface({ input: this.#child.stdout! })
    lines.on('line', (line) => this.lines.push(line))
    this.#ended = Promise.all([once(this.#child, 'exit'), once(lines, 'close')])
  }

  /** Waits until it has said so many lines more. */
  async said(more: number): Promise<void> {
    for (const enough = this.lines.length + more; this.lines.length < enough;) {
      if (this.#child.exitCode !== null) throw new Error(this.#errors)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

/** Three processes count; one is killed, then the server, which comes back. Each line that they said. */
export async function hammered(server: Hammered, each = 15): Promise<string[]> {
  const counters = [1, 2, 3].map(() => new Counter(server))
  try {
    await Promise.all(counters.map((counter) => counter.said(each)))
    await counters[0]!.kill()
    const left = counters.slice(1)
    await Promise.all(left.map((counter) => counter.said(each)))
    await server.kill()
    await server.run()
    await Promise.all(left.map((counter) => counter.said(each)))
  } finally {
    for (const counter of counters) await counter.kill()
  }
  return counters.flatMap(({ lines }) => lines)
}

/** Nothing that was acknowledged is lost, or was acknowledged twice; what was not is one per process at most. */
export async function expectAllCounted(
  store: StateBackend,
  said: readonly string[],
): Promise<void> {
  const doubts = said.filter((line) => line.startsWith('doubt')).length
  let open = 0
  for (const key of COUNTERS) {
    const numbers = said.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(2))
    expect(new Set(numbers).size).toBe(numbers.length)
    const { value } = (await store.scope(SCOPE).get<number>(key))!
    expect(Math.max(...numbers.map(Number))).toBeLessThanOrEqual(value)
    open += value - numbers.length
  }
  expect(open).toBeGreaterThanOrEqual(0)
  expect(open).toBeLessThanOrEqual(3 + doubts)
}
