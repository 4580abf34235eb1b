import type { RunRow, Waiting } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import type { Life } from './life.ts'

/** What a run waits for where nothing else is under way: its status says so. */
export class Idle {
  readonly #life: Life
  readonly #waits = new Map<Ask, Waiting>()
  /** Steps that are under way in this process. */
  readonly running = new Set<Ask>()

  constructor(life: Life) {
    this.#life = life
  }

  get waiting(): Waiting | undefined {
    if (this.running.size > 0) return undefined
    const [first] = this.#waits.values()
    return first
  }

  add(ask: Ask, waiting: Waiting): void {
    this.#waits.set(ask, waiting)
    this.look()
  }

  remove(ask: Ask): void {
    if (this.#waits.delete(ask)) this.look()
  }

  /** Brings the row in line. */
  look(): void {
    const { row, live, closed } = this.#life
    if (!live || closed || (row.status !== 'running' && row.status !== 'waiting')) return
    const { waiting } = this
    if (waiting?.path === row.waiting?.path && waiting?.until === row.waiting?.until) return
    void this.#life.log.change({ row: waiting ? { status: 'waiting', waiting } : BUSY })
  }
}

const BUSY: Partial<RunRow> = { status: 'running', waiting: undefined as never }
