import { createHash } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactInfo } from '@llmspell/sdk'
import { freshName } from './crypto.ts'
import type { Place } from './place.ts'

/** What a session keeps of one content: its name and facts there. */
export interface Entry extends ArtifactInfo {
  readonly session: string
  readonly sequence: number
}

const DIGITS = 8
const FILE = /^\d{8}\.json$/

/** What each session holds: one small file for each, in the order of their numbers. */
export class Shelf {
  readonly #place: Place

  constructor(place: Place) {
    this.#place = place
  }

  /** Under the next number, or under one of its own. @throws EEXIST where that one is taken */
  async add(info: ArtifactInfo & { readonly session: string }, sequence?: number): Promise<Entry> {
    const folder = this.#folder(info.session)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (;;) {
      const entry = { ...info, sequence: sequence ?? (await this.#next(folder)) }
      try {
        await this.#write(folder, entry)
        return entry
      } catch (error) {
        const taken = (error as NodeJS.ErrnoException).code === 'EEXIST'
        if (!taken || sequence !== undefined) throw error
      }
    }
  }

  /** Oldest first. What cannot be read hides nothing else. */
  async list(session: string): Promise<Entry[]> {
    const folder = this.#folder(session)
    const read = (await namesIn(folder)).map((name) => entryIn(join(folder, name)))
    const entries = await Promise.all(read)
    return entries.filter((entry): entry is Entry => entry?.session === session)
  }

  /** Those that it let go of: all, or all of one content. */
  async drop(session: string, id?: string): Promise<Entry[]> {
    const folder = this.#folder(session)
    const gone = (await this.list(session)).filter((entry) => id === undefined || entry.id === id)
    for (const { sequence } of gone) await rm(fileOf(folder, sequence), { force: true })
    if (id === undefined) await rmdir(folder).catch(() => undefined)
    return gone
  }

  /** A link appears whole or not at all, and never over another. */
  async #write(folder: string, entry: Entry): Promise<void> {
    const file = join(this.#place.temporary, freshName())
    try {
      await writeFile(file, `${JSON.stringify(entry)}\n`, { flag: 'wx', mode: 0o600 })
      await link(file, fileOf(folder, entry.sequence))
    } finally {
      await rm(file, { force: true })
    }
  }

  async #next(folder: string): Promise<number> {
    return Number.parseInt((await namesIn(folder)).at(-1) ?? '0', 10) + 1
  }

  /** By hash: no id of a session leads elsewhere, whatever the file system makes of its letters. */
  #folder(session: string): string {
    const name = createHash('sha256').update(session).digest('hex').slice(0, 32)
    return join(this.#place.folder, 'sessions', name)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => FILE.test(name)).toSorted()
}

function fileOf(folder: string, sequence: number): string {
  return join(folder, `${String(sequence).padStart(DIGITS, '0')}.json`)
}

async function entryIn(file: string): Promise<Entry | undefined> {
  try {
    const entry = JSON.parse(await readFile(file, 'utf8')) as Entry
    return typeof entry.id === 'string' && Number.isSafeInteger(entry.sequence) ? entry : undefined
  } catch {
    return undefined
  }
}
