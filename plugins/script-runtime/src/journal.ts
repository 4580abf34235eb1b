import type { CallRecord, Journal, Value } from '@llmspell/sdk'
import { weight } from './weight.ts'

/** Larger values are kept as their size: what a script sends must not fill the host. */
const LARGE = 8 * 1024

/** Keeps the last calls of a run in memory, without their large values. */
export class MemoryJournal implements Journal {
  readonly #records: CallRecord[] = []
  readonly #size: number

  /** @param size how many calls are kept */
  constructor(size = 1000) {
    this.#size = size
  }

  append(record: CallRecord): void {
    this.#records.push(lightened(record))
    if (this.#records.length >= this.#size * 2) this.#records.splice(0, this.#size)
  }

  records(): readonly CallRecord[] {
    return this.#records.slice(-this.#size)
  }
}

function lightened(record: CallRecord): CallRecord {
  const { args, outcome } = record
  const lighter = outcome.ok ? { ok: true as const, value: light(outcome.value) } : outcome
  return { ...record, args: light(args), outcome: lighter }
}

function light(value: Value): Value {
  const bytes = weight(value)
  return bytes > LARGE ? { omitted: `about ${bytes} bytes` } : value
}
