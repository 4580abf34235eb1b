/** A part of a run that can be cancelled by itself: the run, or one branch of it. */
export class Lane {
  readonly #abort = new AbortController()
  readonly #parent: Lane | undefined
  readonly #children = new Set<Lane>()
  #error: unknown

  constructor(parent?: Lane) {
    this.#parent = parent
    if (!parent) return
    parent.#children.add(this)
    if (parent.#error !== undefined) this.cancel(parent.#error)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Why nothing may be asked for here any more. */
  get error(): unknown {
    return this.#error
  }

  /** @throws why nothing may be asked for here any more */
  check(): void {
    if (this.#error !== undefined) throw this.#error as Error
  }

  within(lane: Lane): boolean {
    return this === lane || (this.#parent?.within(lane) ?? false)
  }

  cancel(error: unknown): void {
    if (this.#error !== undefined) return
    this.#error = error
    for (const child of this.#children) child.cancel(error)
    this.#abort.abort(error)
  }

  /** Its signal without the rest: whoever works here goes away, and what it waits for never settles. */
  drop(error: unknown): void {
    for (const child of this.#children) child.drop(error)
    this.#abort.abort(error)
  }

  leave(): void {
    if (this.#parent) this.#parent.#children.delete(this)
  }
}
