import type { StepPath } from '@llmspell/sdk'
import type { Scope } from './context.ts'
import { strayStep } from './errors.ts'
import { ROOT, scopeOf } from './paths.ts'

/** Scopes whose work goes on, by path. */
export class Scopes {
  readonly #open = new Map<StepPath, Scope>()
  /** Functions entered inside steps: how many in each. */
  readonly #entered = new Map<StepPath, number>()
  /** How many of them have not come back. */
  readonly #inside = new Map<StepPath, number>()

  open(path: StepPath, scope: Scope): void {
    this.#open.set(path, scope)
  }

  leave({ path }: Scope): void {
    this.#open.delete(path)
  }

  /** The scope that a step stands in. */
  around(step: StepPath): Scope | undefined {
    return this.#open.get(scopeOf(step))
  }

  /** True while a composed step may ask for something by itself. */
  get busy(): boolean {
    return [...this.#open.values()].some((scope) => scope.path !== ROOT && scope.busy)
  }

  /** Path of a function that is entered inside a step. @throws INPUT_INVALID for a step of another scope */
  inside(step: StepPath, scope: Scope): StepPath {
    if (scopeOf(step) !== scope.path) throw strayStep(step, scope.path)
    const ordinal = this.#entered.get(step) ?? 0
    this.#entered.set(step, ordinal + 1)
    return `${step}/callback#${ordinal}`
  }

  /** Waits for a function, knowing the step that it is entered inside of. */
  async working<T>(step: StepPath | undefined, work: Promise<T>): Promise<T> {
    if (step === undefined) return work
    this.#inside.set(step, (this.#inside.get(step) ?? 0) + 1)
    try {
      return await work
    } finally {
      this.#inside.set(step, this.#inside.get(step)! - 1)
    }
  }

  /** True while a function is at work inside of the step. */
  entered(step: StepPath): boolean {
    return (this.#inside.get(step) ?? 0) > 0
  }
}
