import type { Where } from '@llmspell/sdk'

/** What messages call the input that is no terminal. */
export const INPUT = 'repl'

interface Source {
  readonly where: Where
  readonly text: string
  readonly lines: number
}

/** The texts of a session, for the lines that errors point at: a function of one entry may fail in another. */
export class Sources {
  readonly #byFile = new Map<string, Source[]>()

  add(text: string, where: Where): void {
    const lines = text.split('\n').length
    const before = this.#byFile.get(where.file) ?? []
    // More lines of the entry that was there: one of them stands there now.
    while ((before.at(-1)?.where.line ?? 0) >= where.line) before.pop()
    before.push({ where, text, lines })
    this.#byFile.set(where.file, before)
  }

  /** The text that a place is in, with as many lines before it as its file has. */
  textAt({ file, line }: Where): string | undefined {
    const found = this.#byFile
      .get(file)
      ?.findLast(({ where, lines }) => where.line <= line && line < where.line + lines)
    return found && '\n'.repeat(found.where.line - 1) + found.text
  }
}
