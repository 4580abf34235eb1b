import type { Logger } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'

/** How much of what the kernel says goes to stderr: a command with a report of its own shows all there. */
export type Talk = 'warnings' | 'errors' | 'nothing'

/** Lines on stderr. Faults of the config wait for the end: the error that they lead to tells them too. */
export class KernelLogger implements Logger {
  readonly #talk: Talk
  readonly #held: string[] = []

  constructor(talk: Talk) {
    this.#talk = talk
  }

  trace(): void {}
  debug(): void {}
  info(): void {}

  warn(message: string): void {
    if (this.#talk === 'warnings') line('warning', message)
  }

  error(message: string): void {
    if (this.#talk === 'nothing') return
    if (message.startsWith('CONFIG_INVALID')) this.#held.push(message)
    else line('error', message)
  }

  /** Writes what still waits. */
  flush(): void {
    for (const message of this.#held.splice(0)) line('error', message)
  }

  /** Forgets what waits: it has been told. */
  forget(): void {
    this.#held.length = 0
  }
}

function line(level: string, message: string): void {
  err(`${level}: ${plain(message)}\n`)
}
