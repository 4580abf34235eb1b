/** A step has failed in a way that ends its workflow. */
export class StepFailure extends Error {
  readonly step: string
  override readonly cause: unknown

  constructor(step: string, cause: unknown) {
    super(`Step '${step}' failed.`)
    this.step = step
    this.cause = cause
  }
}

/** The error behind what was thrown. */
export function causeOf(thrown: unknown): unknown {
  return thrown instanceof StepFailure ? causeOf(thrown.cause) : thrown
}
