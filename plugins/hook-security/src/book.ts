import { createHash } from 'node:crypto'
import type { Logger } from '@llmspell/sdk'
import type { Action, Place } from './policy.ts'
import type { SecurityCounts } from './types.ts'

/** One thing that was found. Never the text itself. */
export interface Entry {
  readonly rule: string
  readonly action: Exclude<Action, 'off'>
  readonly place: Place
  readonly run: string
  /** `tool 'web-scrape'`, `model 'openai/gpt-4o'`. */
  readonly subject: string
}

const MOST_TOLD = 5000

/** Counts findings and writes each of them to the log once. */
export class Book {
  readonly #logger: Logger
  readonly #told = new Set<string>()
  readonly #counts = new Map<string, number>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  counts(): SecurityCounts {
    return Object.fromEntries(this.#counts)
  }

  /** @param text what it was found in: the same text is told once in a run */
  note(entry: Entry, text: string): void {
    const { rule, action, place, run, subject } = entry
    const key = createHash('sha256')
      .update(JSON.stringify([rule, place, run, text]))
      .digest('base64')
    if (this.#told.has(key)) return
    this.#told.add(key)
    if (this.#told.size > MOST_TOLD) this.#told.delete(this.#told.values().next().value!)
    const name = `${rule} ${action}`
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
    this.#logger.warn(`Found '${rule}' in ${WHERE[place]} ${subject}: ${DONE[action]}.`, {
      ...entry,
    })
  }
}

const WHERE: Readonly<Record<Place, string>> = {
  result: 'a result of',
  message: 'a message to',
  input: 'the input of',
}
const DONE: Readonly<Record<Entry['action'], string>> = {
  warn: 'nothing was done about it',
  label: 'it was labelled',
  redact: 'it was removed',
  cancel: 'the call was cancelled',
}
