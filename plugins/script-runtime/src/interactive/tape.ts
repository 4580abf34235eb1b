import { isDeepStrictEqual } from 'node:util'
import { SpellError } from '@llmspell/sdk'
import type { HostCall, HostReply, Undo, Value, Where } from '@llmspell/sdk'
import { subject } from '../passage.ts'
import { weight } from '../weight.ts'

/** What is kept of a whole session at most. */
const MOST_BYTES = 32 * 1024 * 1024

/** An answer of the host, when the engine had asked `after` calls. */
export interface Answer {
  readonly call: number
  readonly reply: HostReply
  readonly after: number
}

/** Something that the host gave to the engine. */
export type Given =
  | Answer
  | {
      readonly callback: number
      readonly args: readonly (Value | undefined)[]
      readonly after: number
    }

/** An entry with where its calls begin. */
export interface Mark {
  readonly text: string
  /** Where it stood. */
  readonly where: Where | undefined
  readonly asked: number
  readonly given: number
  /** What ends its registrations. */
  readonly undo: Undo[]
}

/** A call of an entry that is no more: one before it may be who asked, and asks again. */
interface Orphan {
  readonly call: HostCall
  readonly reply: PromiseWithResolvers<HostReply>
  taken: boolean
}

/** All that the engine of a session asked and was given, in its order: enough to bring another engine to the same place. */
export class Tape {
  readonly asked: HostCall[] = []
  readonly given: Given[] = []
  readonly entries: Mark[] = []
  readonly #most: number
  #bytes = 0
  /** How many entries are whole. */
  #whole: number | undefined
  #late: Answer[] = []
  #orphans: Orphan[] = []

  constructor(mostBytes = MOST_BYTES) {
    this.#most = mostBytes
  }

  /** True where not all could be kept. */
  get full(): boolean {
    return this.#whole !== undefined
  }

  /** How many entries could run again. */
  get whole(): number {
    return Math.min(this.#whole ?? Infinity, this.entries.length)
  }

  /** True where the last entry can be taken back and all before it run again. */
  get mayDrop(): boolean {
    return this.whole >= this.entries.length - 1
  }

  begin(text: string, where?: Where): void {
    this.#orphans = []
    const { asked, given } = this
    this.entries.push({ text, where, asked: asked.length, given: given.length, undo: [] })
  }

  /** Runs where the last entry is dropped. */
  onDrop(undo: Undo): void {
    this.entries.at(-1)?.undo.push(undo)
  }

  /** Forgets the last entry with all that came since; answers to what others asked stay theirs. */
  drop(): Mark | undefined {
    const mark = this.entries.pop()
    if (!mark) return undefined
    if ((this.#whole ?? 0) >= this.entries.length) this.#whole = undefined
    const given = [...this.#late, ...this.given.splice(mark.given)]
    const answers = given.filter((each) => 'call' in each)
    this.#late = answers.filter(({ call }) => call < mark.asked)
    this.#leave(mark.asked, answers)
    for (const each of given) if (!('call' in each && each.call < mark.asked)) this.#free(each)
    for (const undo of mark.undo.toReversed()) undo()
    return mark
  }

  /** Forgets all entries behind so many. */
  cut(entries: number): void {
    while (this.entries.length > entries) this.drop()
  }

  /** The calls of the last entry, each name once. */
  lastCalls(): readonly string[] {
    const from = this.entries.at(-1)?.asked ?? 0
    const names = this.asked.slice(from).filter(({ module }) => module !== 'Stream')
    return [...new Set(names.map(subject))]
  }

  /** Answers that came while entries were under way that are no more. */
  takeLate(): readonly Answer[] {
    const late = this.#late.map((answer) => ({ ...answer, after: this.asked.length }))
    this.#late = []
    this.given.push(...late)
    return late
  }

  /** The answer to the same call of an entry that is no more; once. */
  orphan(call: HostCall): Promise<HostReply> | undefined {
    const found = this.#orphans.find((each) => !each.taken && isDeepStrictEqual(each.call, call))
    if (found) found.taken = true
    return found?.reply.promise
  }

  /** @returns the call as it is kept */
  ask(call: HostCall): HostCall {
    const fits = this.#keep(call.args)
    const kept = { ...call, args: fits ? call.args : [] }
    this.asked.push(kept)
    return kept
  }

  /** @returns the number of the call; undefined for one of an entry that is no more */
  answer(kept: HostCall, reply: HostReply): number | undefined {
    const call = this.asked.lastIndexOf(kept)
    if (call < 0) {
      this.#orphans.find((each) => each.call === kept)?.reply.resolve(reply)
      return undefined
    }
    this.#give({ call, reply, after: this.asked.length })
    return call
  }

  invoke(callback: number, args: readonly (Value | undefined)[]): void {
    this.#give({ callback, args, after: this.asked.length })
  }

  #give(given: Given): void {
    if (this.#keep(valuesOf(given))) this.given.push(given)
  }

  /** False where there is no room: the entry that is under way is not whole. */
  #keep(values: readonly (Value | undefined)[]): boolean {
    const bytes = weightOf(values)
    if (this.full || this.#bytes + bytes > this.#most) {
      this.#whole ??= Math.max(0, this.entries.length - 1)
      return false
    }
    this.#bytes += bytes
    return true
  }

  #free(given: Given): void {
    this.#bytes -= weightOf(valuesOf(given))
  }

  #leave(from: number, answers: readonly Answer[]): void {
    for (const [i, call] of this.asked.splice(from).entries()) {
      const reply = Promise.withResolvers<HostReply>()
      const answer = answers.find((each) => each.call === from + i)
      if (answer) reply.resolve(answer.reply)
      this.#orphans.push({ call, reply, taken: false })
      this.#bytes -= weightOf(call.args)
    }
  }
}

const valuesOf = (given: Given): readonly (Value | undefined)[] => {
  if ('callback' in given) return given.args
  return [given.reply.ok ? given.reply.value : undefined]
}

const weightOf = (values: readonly (Value | undefined)[]): number =>
  values.reduce<number>((sum, value) => sum + weight(value), 0)

/** What cannot be kept cannot be taken back. */
export function tooMuch(): SpellError {
  return new SpellError('MEMORY_LIMIT', 'The calls of the session gave more than is kept.', {
    hint: 'Keep large values in files or in State.',
  })
}
