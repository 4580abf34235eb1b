import type { RunRow, TimerRecord, Waiting } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import type { Life } from './life.ts'
import type { RowChange } from './log.ts'
import type { OpenWait } from './store.ts'

/** One wait of a run. */
export interface Wait {
  readonly waiting: Waiting
  readonly timer?: TimerRecord | undefined
  readonly schema?: object | undefined
}

/** What a run waits for: its row says so, and its status where nothing else is under way. */
export class Idle {
  readonly #life: Life
  readonly #waits = new Map<Ask, Wait>()
  /** The row does not know of all waits. */
  #changed = true
  /** Steps that are under way in this process. */
  readonly running = new Set<Ask>()

  constructor(life: Life) {
    this.#life = life
  }

  /** The first wait, with the moment at which any of them ends by itself. */
  get waiting(): Waiting | undefined {
    if (this.running.size > 0) return undefined
    const [first, ...rest] = this.#waits.values()
    if (!first || rest.length === 0) return first?.waiting
    const times = [first, ...rest].flatMap(({ waiting }) => waiting.until ?? [])
    return times.length === 0 ? first.waiting : { ...first.waiting, until: Math.min(...times) }
  }

  get waits(): boolean {
    return this.#waits.size > 0
  }

  add(ask: Ask, wait: Wait): void {
    this.#waits.set(ask, wait)
    this.#changed = true
    this.look()
  }

  remove(ask: Ask): void {
    if (!this.#waits.delete(ask)) return
    this.#changed = true
    this.look()
  }

  /** Brings the row in line. */
  look(): void {
    const { live, closed } = this.#life
    if (!live || closed) return
    const change = { ...this.#kept(), ...this.#status() }
    if (Object.keys(change).length > 0) void this.#life.log.change(change)
  }

  #status(): RowChange {
    const { inbox, row } = this.#life
    if (!inbox.loaded) return {}
    if (row.status !== 'running' && row.status !== 'waiting') return {}
    const { waiting } = this
    const same = waiting?.path === row.waiting?.path && waiting?.until === row.waiting?.until
    if (same && row.status === (waiting ? 'waiting' : 'running')) return {}
    return { row: waiting ? { status: 'waiting', waiting } : BUSY }
  }

  #kept(): RowChange {
    if (!this.#changed) return {}
    this.#changed = false
    const waits = [...this.#waits.values()]
    if (waits.length === 0 && !this.#life.log.stored.waits) return {}
    const due = this.#earliest(waits)
    return { waits: waits.flatMap(openWait), due: due as never }
  }

  #earliest(waits: readonly Wait[]): TimerRecord | undefined {
    let first: { readonly timer: TimerRecord; readonly left: number } | undefined
    for (const { timer } of waits) {
      const left = timer && this.#life.timers.left(timer)
      if (left !== undefined && left < (first?.left ?? Infinity)) first = { timer: timer!, left }
    }
    return first?.timer
  }
}

function openWait({ waiting: { name }, schema }: Wait): OpenWait[] {
  return name === undefined ? [] : [{ name, ...(schema && { schema }) }]
}

const BUSY: Partial<RunRow> = { status: 'running', waiting: undefined as never }
