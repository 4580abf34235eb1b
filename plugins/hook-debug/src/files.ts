import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import type { Trace, TraceEvent } from './types.ts'

const ENDING = '.jsonl'
const NAME = /^[\w-][\w.-]{0,127}$/
const { O_WRONLY, O_CREAT, O_EXCL } = constants

/** A file for each traced run: its facts, then a line for each event. */
export class Files {
  readonly #folder: string
  readonly #keep: number

  constructor(folder: string, keep: number) {
    this.#folder = folder
    this.#keep = keep
  }

  async write({ events, ...facts }: Trace): Promise<void> {
    if (!NAME.test(facts.run)) return
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const part = join(this.#folder, `.${facts.run}.${process.pid}.part`)
    const lines = [facts, ...events].map((line) => `${JSON.stringify(line)}\n`)
    const file = await open(part, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    try {
      await file.writeFile(lines.join(''))
    } finally {
      await file.close()
    }
    await rename(part, this.#path(facts.run))
    for (const old of (await this.list()).slice(this.#keep))
      await rm(this.#path(old), { force: true })
  }

  /** Newest first. */
  async list(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const runs = names.filter((name) => name.endsWith(ENDING) && !name.startsWith('.'))
    const rows = await Promise.all(runs.map((name) => this.#row(name)))
    return rows.sort((a, b) => b.at - a.at).map(({ run }) => run)
  }

  /** @throws TRACE_DAMAGED */
  async read(run: string): Promise<Trace> {
    const text = await readFile(this.#path(run), 'utf8')
    try {
      const [facts, ...events] = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown)
      return { ...(facts as Omit<Trace, 'events'>), events: events as TraceEvent[] }
    } catch (cause) {
      const hint = `Remove the file '${run}${ENDING}' and run the script again with --trace.`
      throw new SpellError('TRACE_DAMAGED', `The trace of run '${run}' cannot be read.`, {
        hint,
        cause,
      })
    }
  }

  async #row(name: string): Promise<{ readonly run: string; readonly at: number }> {
    const found = await stat(join(this.#folder, name)).catch(() => undefined)
    return { run: name.slice(0, -ENDING.length), at: found?.mtimeMs ?? 0 }
  }

  #path(run: string): string {
    return join(this.#folder, `${run}${ENDING}`)
  }
}
