import type { PullProgress } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { bytesText } from './texts.ts'

const CLEAR = '\r\u001B[2K'
const CELLS = 24
const STEP = 10

/** How a pull is shown: one line that is rewritten on a terminal, else a line for each step. */
export interface PullView {
  show(progress: PullProgress): void
  end(): void
}

/** A bar on stderr. */
export class PullBar implements PullView {
  readonly #columns: number
  #shown = false

  constructor(columns: number) {
    this.#columns = columns
  }

  show(progress: PullProgress): void {
    err(`${CLEAR}${barText(progress).slice(0, this.#columns - 1)}`)
    this.#shown = true
  }

  end(): void {
    if (this.#shown) err(CLEAR)
    this.#shown = false
  }
}

/** Lines on stdout: each new step, and each tenth of a large one. */
export class PullLines implements PullView {
  #status = ''
  #tenth = 0

  show({ status, done, total }: PullProgress): void {
    const tenth = total ? Math.floor(percent(done, total) / STEP) : 0
    if (status === this.#status && tenth <= this.#tenth) return
    this.#tenth = tenth
    this.#status = status
    const far = total ? `  ${percent(done, total)}% of ${bytesText(total)}` : ''
    out(`${plain(status)}${far}\n`)
  }

  end(): void {
    this.#status = ''
  }
}

/** Says nothing, for a program that reads the end. */
export const silentPull: PullView = { show: () => undefined, end: () => undefined }

/** `pulling 6a07  ██████░░░░  45%  0.9 GB of 2.0 GB`. */
export function barText({ status, done = 0, total }: PullProgress): string {
  const text = plain(status)
  if (!total) return text
  const full = Math.round((Math.min(done, total) / total) * CELLS)
  const bar = '█'.repeat(full) + '░'.repeat(CELLS - full)
  return `${text.slice(0, 20)}  ${bar}  ${percent(done, total)}%  ${bytesText(done)} of ${bytesText(total)}`
}

const percent = (done = 0, total: number): number =>
  Math.floor((Math.min(done, total) / total) * 100)
