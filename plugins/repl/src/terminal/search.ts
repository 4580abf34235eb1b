import { clearScreenDown, cursorTo } from 'node:readline'
import type { Key } from 'node:readline'
import type { Writable } from 'node:stream'

type Screen = Writable & { readonly columns?: number }

interface Ends {
  /** The line becomes the text that was found. */
  accept(text: string): void
  /** The line is drawn again. */
  refresh(): void
}

/** Ctrl-R: the newest entry with what is typed; again for the one before it. */
export class Search {
  readonly #output: Screen
  readonly #entries: () => readonly string[]
  readonly #ends: Ends
  #query: string | undefined
  #at = 0

  constructor(output: Screen, entries: () => readonly string[], ends: Ends) {
    this.#output = output
    this.#entries = entries
    this.#ends = ends
  }

  /** @returns true for a key that was meant for the search */
  take(text: string | undefined, key: Key = {}): boolean {
    if (this.#query === undefined) return this.#begin(key)
    if (key.ctrl && key.name === 'r') this.#next()
    else if (key.ctrl && (key.name === 'c' || key.name === 'g')) this.#leave()
    else if (key.name === 'escape') this.#leave()
    else if (key.name === 'backspace') this.#look(this.#query.slice(0, -1))
    else if (text !== undefined && !key.ctrl && !key.meta && isShown(text))
      this.#look(this.#query + text)
    else return this.#accept(key)
    return true
  }

  #begin(key: Key): boolean {
    if (!key.ctrl || key.name !== 'r') return false
    this.#look('')
    return true
  }

  #look(query: string): void {
    this.#query = query
    this.#at = this.#from(0)
    this.#draw()
  }

  #next(): void {
    const next = this.#from(this.#at + 1)
    if (next >= 0) this.#at = next
    this.#draw()
  }

  #from(start: number): number {
    const query = this.#query ?? ''
    if (query === '') return -1
    return this.#entries().findIndex((entry, i) => i >= start && entry.includes(query))
  }

  get #found(): string {
    return this.#entries()[this.#at] ?? ''
  }

  #draw(): void {
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
    const { columns = 80 } = this.#output
    const line = `(search) ${this.#query}: ${this.#found.replaceAll(/\s+/g, ' ')}`
    this.#output.write(line.slice(0, columns - 1))
  }

  #leave(): void {
    this.#query = undefined
    cursorTo(this.#output, 0)
    clearScreenDown(this.#output)
    this.#ends.refresh()
  }

  /** Enter sends what was found; any other key edits it. */
  #accept(key: Key): boolean {
    const found = this.#found
    this.#leave()
    if (found !== '') this.#ends.accept(found)
    return key.name !== 'return' && key.name !== 'enter'
  }
}

const isShown = (text: string): boolean => text.length > 0 && !/\p{Cc}/u.test(text)
