import type { DeadLetter } from '@llmspell/sdk'
import type { Points } from './points.ts'
import { Ring } from './ring.ts'

const MOST_LETTERS = 1000

/** The last events that somebody should have heard and did not. */
export class Letters {
  readonly #points: Points
  readonly #letters = new Ring<DeadLetter>()

  constructor(points: Points) {
    this.#points = points
  }

  add(letter: Omit<DeadLetter, 'at'>): void {
    const whole = { ...letter, at: new Date().toISOString() }
    if (this.#letters.size >= MOST_LETTERS) this.#letters.shift()
    this.#letters.push(whole)
    if (letter.reason === 'failed' && this.#points.failed.used) this.#points.failed.call(whole)
  }

  all(): readonly DeadLetter[] {
    return this.#letters.all()
  }
}
