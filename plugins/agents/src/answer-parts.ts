import type { MessagePart, Value } from '@llmspell/sdk'

interface Growing {
  type: 'text' | 'reasoning'
  text: string
  meta?: Value
}

/** What a model says in one answer, piece by piece, in the order in which the next request repeats it. */
export class AnswerParts {
  readonly #parts: (MessagePart | Growing)[] = []
  #open: Growing | undefined

  get all(): readonly MessagePart[] {
    return this.#parts as readonly MessagePart[]
  }

  /** Grows the last part of its kind; what has its `meta` is whole. */
  say(type: 'text' | 'reasoning', text: string, meta?: Value): void {
    if (text === '' && meta === undefined) return
    if (this.#open?.type === type && this.#open.meta === undefined) this.#open.text += text
    else this.#parts.push((this.#open = { type, text }))
    if (meta !== undefined) this.#open.meta = meta
  }

  add(part: MessagePart): void {
    this.#open = undefined
    this.#parts.push(part)
  }
}
