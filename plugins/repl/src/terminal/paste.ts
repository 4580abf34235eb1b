import type { Key } from 'node:readline'

/** Terminals put marks around what is pasted, where they are asked to. */
export const PASTE = { on: '\u001B[?2004h', off: '\u001B[?2004l' }

/** Collects what is pasted: a paste is not typed key by key. */
export class Paste {
  readonly #done: (text: string) => void
  #parts: string[] | undefined

  /** @param done takes a whole paste, its lines with line feeds */
  constructor(done: (text: string) => void) {
    this.#done = done
  }

  /** @returns true for a key that was pasted */
  take(text: string | undefined, key: Key = {}): boolean {
    if (key.name === 'paste-start') this.#parts = []
    else if (key.name === 'paste-end') this.#end()
    else if (this.#parts) this.#parts.push(text ?? key.sequence ?? '')
    else return false
    return true
  }

  #end(): void {
    const text = (this.#parts ?? []).join('').replaceAll(/\r\n?/g, '\n')
    this.#parts = undefined
    // A tab would complete, and all else that is no text would act.
    if (text !== '') this.#done(text.replaceAll('\t', '  ').replaceAll(/(?!\n)\p{Cc}/gu, ''))
  }
}
