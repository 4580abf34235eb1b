import { modify, withData } from '@llmspell/sdk'
import type { Verdict } from '@llmspell/sdk'
import { withoutOldText, withResult } from './outcome.ts'
import type { Registration } from './registration.ts'

/** One asking of the hooks of a point: what they have made of it so far. */
export class Turn {
  /** What the next hook is shown. */
  data: unknown
  readonly #point: string
  readonly #payload: unknown
  /** What a run has decided for itself: the hooks that hold for all runs are asked nevertheless. */
  #own: Verdict | undefined
  #final: Verdict | undefined
  /** The data before a result of the run's own took their place, and after it. */
  #replaced: { readonly before: unknown; readonly shown: unknown } | undefined

  constructor(point: string, payload: unknown) {
    this.#point = point
    this.#payload = payload
    this.data = payload
  }

  asks({ owner }: Registration): boolean {
    return this.#own === undefined || owner.everywhere
  }

  /** True where nobody else is asked. */
  take({ owner }: Registration, answer: Verdict | undefined): boolean {
    if (answer === undefined) return false
    if (answer.type === 'modify') {
      this.data = answer.data
      return false
    }
    if (!owner.everywhere && answer.type !== 'cancel') return this.#keep(answer)
    if (answer.type !== 'skip') this.#final = answer
    return true
  }

  /** What all of them came to; undefined where nothing is changed. */
  verdict(): Verdict | undefined {
    const [said, data] = this.#said()
    if (said && said.type !== 'skip') return data === this.#payload ? said : withData(said, data)
    return data === this.#payload ? undefined : modify(data)
  }

  #keep(answer: Verdict): false {
    this.#own = answer
    if (answer.type !== 'replace') return false
    const shown = withResult(this.#point, this.data, answer.result)
    if (shown === undefined) return false
    this.#replaced = { before: this.data, shown }
    this.data = shown
    return false
  }

  /** A result that others have changed is no longer the one that the run gave. */
  #said(): readonly [Verdict | undefined, unknown] {
    if (this.#final || !this.#replaced) return [this.#final ?? this.#own, this.data]
    const { before, shown } = this.#replaced
    if (this.data === shown) return [this.#own, before]
    return [undefined, withoutOldText(this.#point, shown, this.data)]
  }
}
