import type { Redactor } from './redactor.ts'

/** Text in pieces: what may be the beginning of a value is held back until the next piece shows what it is. */
export class Carry {
  readonly #redactor: Redactor
  #held = ''

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  get holds(): boolean {
    return this.#held !== ''
  }

  /** What may leave now. */
  push(piece: string): string {
    if (!this.#redactor.active) return piece
    const [shown, held] = this.#redactor.split(this.#held + piece)
    this.#held = held
    return shown
  }

  /** What was held back: nothing follows it. */
  flush(): string {
    const shown = this.#redactor.text(this.#held)
    this.#held = ''
    return shown
  }
}
