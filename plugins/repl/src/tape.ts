import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenTape, Recorder, Value } from '@llmspell/sdk'

/** What models answer in a session, in memory, and which evaluation asked for it. */
export class Tape {
  readonly #recorder: Recorder | undefined
  readonly #settings: Record<string, Value>
  readonly #isOwn: boolean
  /** Requests that were there when each evaluation began. */
  readonly #begins: number[] = []
  #open: OpenTape | undefined

  /** @param settings of the session's run; a tape that they name already is somebody else's */
  constructor(recorder: Recorder | undefined, settings: Record<string, Value>) {
    this.#recorder = recorder
    this.#settings = settings
    this.#isOwn = settings['tape'] === undefined
  }

  async begin(): Promise<void> {
    if (!this.#recorder || !this.#isOwn) return
    // A recording is written where it is closed or copied: this one is copied alone.
    const file = join(tmpdir(), 'llmspell-repl.json')
    this.#open = await this.#recorder.open({ file, mode: 'record' })
    this.#settings['tape'] = this.#open.id
  }

  /** An evaluation begins. @returns its number */
  mark(): number {
    return this.#begins.push(this.#open?.recorded ?? 0) - 1
  }

  /** True where others than these evaluations have asked models. */
  hasOthers(marks: ReadonlySet<number>): boolean {
    const { recorded = 0 } = this.#open ?? {}
    return Array.from({ length: recorded }, (_, i) => i).some((i) => !marks.has(this.#markOf(i)))
  }

  /**
   * Writes what models have answered to these evaluations.
   * @returns false where they were not asked
   * @throws CASSETTE_SECRET, CASSETTE_UNWRITABLE
   */
  async write(file: string, marks: ReadonlySet<number>): Promise<boolean> {
    const written = await this.#open?.copy(file, (request) => marks.has(this.#markOf(request)))
    return (written ?? 0) > 0
  }

  async close(): Promise<void> {
    await this.#open?.close({ discard: true })
  }

  #markOf(request: number): number {
    return this.#begins.findLastIndex((begin) => begin <= request)
  }
}
