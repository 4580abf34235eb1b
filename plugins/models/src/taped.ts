import type { CallContext, Recorder, Tape } from '@llmspell/sdk'
import type { Catalog } from './catalog.ts'

interface Taped {
  readonly catalog: Catalog
  readonly recorder?: Recorder | undefined
}

/** The tape that answers calls of this run before any model is called. */
export function answeringTape(hub: Taped, context: CallContext | undefined): Tape | undefined {
  const tape = context && hub.recorder?.of(context)
  return tape?.answers ? tape : undefined
}

/** The hub as a run sees it: what a tape knows of models comes before what is installed. */
export function hubOf<T extends Taped>(hub: T, context: CallContext | undefined): T {
  const tape = answeringTape(hub, context)
  return tape ? { ...hub, catalog: hub.catalog.with(tape.models) } : hub
}
