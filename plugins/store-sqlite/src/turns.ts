import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Row, RowRange, SharedRows } from '@llmspell/sdk/store'
import { busy, isBusy, told } from './errors.ts'
import type { Reader } from './reader.ts'
import type { Writing } from './writing.ts'

const LONGEST_MS = 8

export interface TurnsOptions {
  readonly folder: string
  readonly busyMs: number
  readonly reader: Reader
  readonly writing: Writing
}

/** One process writes at a time; the others ask again in small steps, and do other work between them. */
export class Turns implements SharedRows {
  readonly #options: TurnsOptions
  #version = 0

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  async begin(sync: boolean): Promise<void> {
    const { folder, busyMs, writing } = this.#options
    const until = performance.now() + busyMs
    // Also between two turns of this process: timers and other processes have their time.
    await nextTurn()
    try {
      for (let step = 1; !writing.begin(sync); step++) {
        if (performance.now() >= until) throw busy(folder)
        await sleep(1 + Math.random() * Math.min(step, LONGEST_MS))
      }
    } catch (error) {
      throw told(folder, error)
    }
  }

  end(): void {
    this.#options.writing.rollback()
  }

  last(range: RowRange): Row | undefined {
    try {
      return this.#options.reader.last(range)
    } catch (error) {
      throw told(this.#options.folder, error)
    }
  }

  version(): number {
    try {
      this.#version = this.#options.reader.version()
    } catch (error) {
      if (!isBusy(error)) throw told(this.#options.folder, error)
    }
    return this.#version
  }
}
