import { fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { CallContext, Effect, ErrorRecord, StepContext, ToolChunk, Value } from '@llmspell/sdk'
import type { Course } from './attempts.ts'
import type { Request } from './executor.ts'
import type { Fitted } from './fit.ts'
import { readable } from './result.ts'
import type { Redirect } from './way.ts'

/** What a call came to: an output, or another tool that is to give it. */
export type Ended = Fitted | { readonly redirect: Redirect }

/** What a step of a tool leaves behind, however it ended. */
interface Kept {
  readonly fit?: Ended
  readonly error?: ErrorRecord
  readonly course: Course
}

export interface ToolStep {
  readonly name: string
  readonly effect: Effect
  readonly args: Value
  readonly request: Request
  readonly course: Course
}

/**
 * Runs a tool as one step of its run: in a durable one the journal answers when it is asked for again. How it went, such as
 * how many tries it took, is the same then.
 */
export async function inStep(
  { name, effect, args, request, course }: ToolStep,
  run: (request: Request) => Promise<Ended>,
): Promise<Ended> {
  const { context, emit } = request
  let thrown: { readonly error: unknown } | undefined
  const work = async (inner: CallContext, step: StepContext): Promise<Value> => {
    try {
      const fit = await run(within(request, inner, step))
      return { fit, course } as unknown as Value
    } catch (error) {
      thrown = { error }
      return { error: toErrorRecord(error, 'TOOL_FAILED'), course } as unknown as Value
    }
  }
  const onChunk = emit && ((chunk: Value) => emit(chunk as ToolChunk))
  const kept = await context.step(name, work, { effect, args, ...(onChunk ? { onChunk } : {}) })
  if (thrown) throw thrown.error
  if (!isKept(kept)) return decided(kept)
  const { fit, error, course: went } = kept
  Object.assign(course, went)
  if (error) throw fromErrorRecord(error)
  return fit!
}

/** What a step of its own has left, not what a person says of one whose outcome nobody knew. */
function isKept(kept: unknown): kept is Kept {
  if (typeof kept !== 'object' || kept === null || !('course' in kept)) return false
  return 'fit' in kept || 'error' in kept
}

/** The person knows the result of the tool, or there is none. */
function decided(result: Value): Fitted {
  return { output: { result, text: readable(result) } }
}

function within(request: Request, context: CallContext, step: StepContext): Request {
  const durable = request.context.durable !== undefined
  const key = { idempotencyKey: step.idempotencyKey, durable }
  if (!request.emit) return { ...request, context, ...key }
  return { ...request, context, ...key, emit: (chunk) => step.chunk(chunk as never) }
}
