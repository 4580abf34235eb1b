import { printable, SpellError, type Logger } from '@llmspell/sdk'
import type { Files } from './files.ts'
import type { Trace, Traces } from './types.ts'

const MOST_RECENT = 20

/** The traces of this process, and those that are kept. */
export class TraceShelf implements Traces {
  readonly #files: Files | undefined
  readonly #logger: Logger
  readonly #recent: Trace[] = []
  #writing = Promise.resolve()

  constructor(files: Files | undefined, logger: Logger) {
    this.#files = files
    this.#logger = logger
  }

  keep(trace: Trace): void {
    this.#recent.push(trace)
    if (this.#recent.length > MOST_RECENT) this.#recent.shift()
    const write = (): Promise<void> | undefined => this.#files?.write(trace)
    this.#writing = this.#writing.then(write).catch((error: Error) => {
      this.#logger.warn(`The trace of run '${trace.run}' cannot be kept: ${error.message}`)
    })
  }

  /** Resolves when all is written. */
  settled(): Promise<void> {
    return this.#writing
  }

  recent(): readonly Trace[] {
    return [...this.#recent]
  }

  async list(): Promise<readonly string[]> {
    await this.#writing
    const own = this.#recent.map(({ run }) => run).reverse()
    return (await this.#files?.list()) ?? own
  }

  async read(run: string): Promise<Trace> {
    const runs = await this.list()
    const found = run === 'latest' ? runs.slice(0, 1) : matching(runs, run)
    if (found.length !== 1) throw missing(run, found)
    const own = this.#recent.find((trace) => trace.run === found[0])
    return own ?? this.#files!.read(found[0]!)
  }
}

function matching(runs: readonly string[], run: string): readonly string[] {
  return runs.includes(run) ? [run] : runs.filter((id) => id.startsWith(run))
}

function missing(run: string, found: readonly string[]): SpellError {
  const shown = printable(run)
  if (found.length > 1)
    return new SpellError(
      'TRACE_NOT_FOUND',
      `'${shown}' means ${found.length} traced runs: expected one.`,
      {
        hint: `Write more of the id: ${found.slice(0, 3).join(', ')}.`,
      },
    )
  const text = run === 'latest' ? 'No run was traced.' : `No trace of a run '${shown}' is kept.`
  const hint = 'Trace one: llmspell run --trace SCRIPT'
  return new SpellError('TRACE_NOT_FOUND', text, { hint })
}
