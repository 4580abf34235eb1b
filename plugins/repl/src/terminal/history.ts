import { appendFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { looksLikeKey } from '@llmspell/sdk'

const MOST_ENTRIES = 1000
const MOST_LENGTH = 16 * 1024
/** Above this the oldest lines go when a session begins. */
const MOST_BYTES = 2 * 1024 * 1024

/**
 * Entries of all sessions in a file of the user's own, one a line. A line is appended with one write, so that several
 * sessions can have the file at a time.
 */
export class History {
  readonly #file: string | undefined
  #broken = false

  constructor(file: string | undefined) {
    this.#file = file
  }

  /** The newest first, each once. */
  async read(): Promise<string[]> {
    if (this.#file === undefined) return []
    const text = await readFile(this.#file, 'utf8').catch(() => '')
    const entries = text
      .split('\n')
      .filter(Boolean)
      .map((line) => harmless(unescaped(line)))
    const newest = fitting([...new Set(entries.reverse())].slice(0, MOST_ENTRIES))
    if (text.length > MOST_BYTES) await this.#rewrite(newest)
    return newest
  }

  /** Keeps an entry without what looks like a key. A history that cannot be written is none. */
  async add(entry: string): Promise<void> {
    if (this.#file === undefined || this.#broken || entry.length > MOST_LENGTH) return
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
      await appendFile(this.#file, `${escaped(withoutKeys(entry))}\n`, { mode: 0o600 })
      await chmod(this.#file, 0o600)
    } catch {
      this.#broken = true
    }
  }

  async #rewrite(newest: readonly string[]): Promise<void> {
    const lines = newest.toReversed().map((entry) => `${escaped(entry)}\n`)
    await writeFile(this.#file!, lines.join(''), { mode: 0o600 }).catch(() => {})
  }
}

/** The first of them, as many as the file may hold. */
function fitting(entries: readonly string[]): string[] {
  let room = MOST_BYTES
  return entries.filter((entry) => (room -= Buffer.byteLength(escaped(entry)) + 1) >= 0)
}

/** Without what a terminal would obey. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '')
}

/** The text on one line. */
export function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
}

export function unescaped(line: string): string {
  return line.replaceAll(/\\([\\nr])/g, (_, sign: string) =>
    sign === 'n' ? '\n' : sign === 'r' ? '\r' : '\\',
  )
}

/** A text where what looks like a key is left out. */
export function withoutKeys(text: string): string {
  return text.replaceAll(/[\w./+=-]{16,}/g, (word) => (looksLikeKey(word) ? '[secret]' : word))
}
