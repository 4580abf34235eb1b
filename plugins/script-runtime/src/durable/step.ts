import { bareStep } from '@llmspell/sdk'
import type {
  CallContext,
  CallStepOptions,
  Json,
  RunContext,
  StepContext,
  Value,
} from '@llmspell/sdk'
import type { RunScope } from '../scope.ts'
import { fromJson, toJson } from './json.ts'
import { sealed, unsealed } from './labels.ts'
import { placeHere, placing } from './place.ts'

/** How a handler touches the world in a step of its own. */
export interface StepParts {
  readonly scope: RunContext
  readonly run: RunScope
  /** What the handler has inside: calls from there are part of the step. */
  readonly inner: CallContext
}

/** `CallContext.step` of a composed call: once in the life of the run. */
export async function durableStep<T extends Value | void>(
  { scope, run, inner }: StepParts,
  name: string,
  fn: (inner: CallContext, step: StepContext) => Promise<T>,
  options: CallStepOptions = {},
): Promise<T> {
  const here = placeHere()
  // Inside a step everything is part of it.
  if (here?.step) return bareStep(inner, `${here.step.idempotencyKey}/${here.count++}`, fn, options)
  const { effect = 'unsafe', args, onChunk } = options
  const { redactor } = run
  const life = run.life!
  const at = placing()
  const handed = (take: NonNullable<typeof onChunk>, chunk: Value) =>
    placeHere()?.step ? take(chunk) : at({ context: scope, again: true }, () => take(chunk))
  const json = await scope.step<Json>(
    name,
    async (step) => {
      try {
        const work = () => fn(inner, lent(step, inner, run))
        return await at({ context: scope, step }, async () =>
          sealed(toJson(redactor.value(await work()))),
        )
      } catch (error) {
        throw life.failure(redactor.error(error))
      }
    },
    {
      effect,
      ...(args === undefined ? {} : { args: toJson(redactor.record(args)) }),
      ...(onChunk ? { onChunk: (chunk: Json) => handed(onChunk, fromJson(chunk) as Value) } : {}),
      onReplayed: (usage) => life.charge(run, inner, usage),
    },
  )
  return fromJson(unsealed(json, run.labels)) as T
}

/** A step as its handler has it: what is handed out and spent counts in the run as well. */
function lent(step: StepContext, inner: CallContext, { redactor }: RunScope): StepContext {
  const { attempt, idempotencyKey, path, signal } = step
  return {
    attempt,
    idempotencyKey,
    path,
    signal,
    chunk: (chunk) => step.chunk(toJson(redactor.value(chunk))),
    spend: (usage) => inner.spend(usage),
    heartbeat: (note) => step.heartbeat(note),
  }
}
