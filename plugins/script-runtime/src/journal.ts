import type { CallRecord, Journal, Value } from '@llmspell/sdk'
import type { Redactor } from './redact/redactor.ts'
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

/**
 * The journal without secrets: those of a memory are taken out when it is looked at, with all that is known by then; any
 * other is handed records without them.
 */
export function shownJournal(journal: Journal, redactor: Redactor): Journal {
  if (!(journal instanceof MemoryJournal))
    return {
      append: (record) => journal.append(redactor.record(record)),
      records: () => journal.records(),
    }
  return {
    append: (record) => journal.append(record),
    records: () => journal.records().map((record) => redactor.record(record)),
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
