import { copyFile, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { OpenTape, Recorder, TapeMode, Value } from '@llmspell/sdk'

/** What models answer in a session, in a folder that goes with it. */
export class Tape {
  readonly #recorder: Recorder | undefined
  readonly #settings: Record<string, Value>
  readonly #isOwn: boolean
  #folder: string | undefined
  #open: OpenTape | undefined

  /** @param settings of the session's run; a tape that they name already is somebody else's */
  constructor(recorder: Recorder | undefined, settings: Record<string, Value>) {
    this.#recorder = recorder
    this.#settings = settings
    this.#isOwn = settings['tape'] === undefined
  }

  get records(): boolean {
    return this.#open !== undefined
  }

  async begin(mode: TapeMode = 'record'): Promise<void> {
    if (!this.#recorder || !this.#isOwn) return
    this.#folder ??= await mkdtemp(join(tmpdir(), 'llmspell-repl-'))
    this.#open = await this.#recorder.open({ file: this.#file, mode, mayMiss: true })
    this.#settings['tape'] = this.#open.id
  }

  /**
   * Writes all that models have answered so far. What is asked again in the same words is answered by it from here on.
   * @returns false where they were not asked
   * @throws CASSETTE_SECRET, CASSETTE_UNWRITABLE
   */
  async write(file: string): Promise<boolean> {
    try {
      await this.#open?.close()
      const isThere = await stat(this.#file).catch(() => undefined)
      if (!isThere) return false
      await mkdir(dirname(file), { recursive: true })
      await copyFile(this.#file, file)
      await cp(mediaOf(this.#file), mediaOf(file), { recursive: true, force: true }).catch(() => {})
      return true
    } finally {
      await this.begin('auto')
    }
  }

  async close(): Promise<void> {
    await this.#open?.close().catch(() => {})
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
  }

  get #file(): string {
    return join(this.#folder!, 'session.json')
  }
}

const mediaOf = (cassette: string): string => cassette.replace(/\.json$/, '.media')
