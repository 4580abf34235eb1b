import { traced } from '@llmspell/sdk'
import type { TapTrace, Verdict } from '@llmspell/sdk'
import type { Registration } from './registration.ts'

type Tell = (answer: Verdict | undefined, error?: Error) => void

/** Tells whoever traces what one hook of a script came to: whose it is, what it changed, how long it took. */
export function tellOf(
  tracer: ((trace: TapTrace) => void) | undefined,
  { id, owner, point }: Registration,
  before: unknown,
  runId: string | undefined,
): Tell | undefined {
  if (!tracer) return undefined
  const started = performance.now()
  const { name, kind } = point
  const run = runId === undefined ? {} : { runId }
  const who = { point: name, kind, owner: owner.file, label: id, before, ...run }
  return (answer, error) =>
    tracer({ ...who, ms: performance.now() - started, ...came(answer, error) })
}

function came(
  answer: Verdict | undefined,
  error: Error | undefined,
): Pick<TapTrace, 'outcome' | 'after' | 'error'> {
  if (error) return { outcome: 'failed', error }
  return answer ? traced(answer) : { outcome: 'went on' }
}
