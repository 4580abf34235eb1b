import type { HostCall, HostReply, Value } from '@llmspell/sdk'
import { subject } from '../passage.ts'
import { weight } from '../weight.ts'

/** What is kept of a whole session at most. */
const MOST_BYTES = 32 * 1024 * 1024

/** Something that the host gave to the engine, when the engine had asked `after` calls. */
export type Given =
  | { readonly call: number; readonly reply: HostReply; readonly after: number }
  | {
      readonly callback: number
      readonly args: readonly (Value | undefined)[]
      readonly after: number
    }

/** An entry with where its calls begin. */
export interface Mark {
  readonly text: string
  readonly asked: number
  readonly given: number
}

/** All that the engine of a session asked and was given, in its order: enough to bring another engine to the same place. */
export class Tape {
  readonly asked: HostCall[] = []
  readonly given: Given[] = []
  readonly entries: Mark[] = []
  #bytes = 0

  /** True where not all could be kept. */
  get full(): boolean {
    return this.#bytes > MOST_BYTES
  }

  begin(text: string): void {
    this.entries.push({ text, asked: this.asked.length, given: this.given.length })
  }

  /** Forgets the last entry with all that came since. */
  drop(): Mark | undefined {
    const mark = this.entries.pop()
    if (!mark) return undefined
    this.asked.length = mark.asked
    this.given.length = mark.given
    return mark
  }

  /** Forgets all entries behind so many. */
  cut(entries: number): void {
    while (this.entries.length > entries) this.drop()
  }

  clear(): void {
    this.cut(0)
    this.#bytes = 0
  }

  /** The calls of the last entry, each name once. */
  lastCalls(): readonly string[] {
    const from = this.entries.at(-1)?.asked ?? 0
    const names = this.asked.slice(from).filter(({ module }) => module !== 'Stream')
    return [...new Set(names.map(subject))]
  }

  /** @returns the call as it is kept */
  ask(call: HostCall): HostCall {
    this.#keep(call.args)
    const kept = { ...call, args: this.full ? [] : call.args }
    this.asked.push(kept)
    return kept
  }

  /** @returns the number of the call; undefined for one of an entry that is no more */
  answer(kept: HostCall, reply: HostReply): number | undefined {
    const call = this.asked.lastIndexOf(kept)
    if (call < 0) return undefined
    this.#give({ call, reply, after: this.asked.length }, reply.ok ? reply.value : undefined)
    return call
  }

  invoke(callback: number, args: readonly (Value | undefined)[]): void {
    this.#give({ callback, args, after: this.asked.length }, args as Value)
  }

  #give(given: Given, value: Value | undefined): void {
    this.#keep([value])
    if (!this.full) this.given.push(given)
  }

  #keep(values: readonly (Value | undefined)[]): void {
    for (const value of values) this.#bytes += weight(value)
  }
}
