import { SpellError, isReportedFailure, isSpellError } from '@llmspell/sdk'
import type { ToolFacts } from '@llmspell/sdk'
import type { Course } from './attempts.ts'
import { callerOf } from './caller.ts'
import type { Request } from './executor.ts'
import type { KnownTool } from './known-tool.ts'

import type { Measured } from './result.ts'

/** Its results have text from outside, be it by the tools that it calls. */
export function isUntrusted(tool: KnownTool, { context }: Request, course: Course): boolean {
  const { untrusted = false } = tool.parts.item
  return untrusted || (course.untrusted ?? context.tools?.untrusted ?? false)
}

/** What the result of a call says of the call. */
export function measured(
  request: Request,
  tool: KnownTool | undefined,
  course: Course,
  started: number,
): Measured {
  const { name, context } = request
  return {
    tool: tool?.name ?? name,
    durationMs: performance.now() - started,
    runId: context.runId,
    seq: context.seq,
    attempts: course.attempts,
    replacedBy: course.replacedBy,
    untrusted: tool !== undefined && isUntrusted(tool, request, course),
  }
}

/** What hooks learn of a call. */
export function factsOf(tool: KnownTool, { params, context }: Request): ToolFacts {
  return {
    tool: tool.name,
    source: tool.parts.source,
    effect: tool.parts.item.effect,
    caller: callerOf(context),
    run_id: context.runId,
    seq: context.seq,
    params,
  }
}

/** True for what the run is not granted. */
export const isDenied = (error: unknown): boolean =>
  isSpellError(error) && error.code === 'PERMISSION_DENIED'

/** The failure of a tool, whatever it threw. */
export function asSpellError(error: unknown, name: string): SpellError {
  if (isSpellError(error)) return error
  const found = error instanceof Error ? error.message : String(error)
  return new SpellError('TOOL_FAILED', `Tool '${name}' failed: ${found}`, {
    hint: 'Check its input; if that is right, report it to the author of the tool.',
    cause: error,
  })
}

/** The end of the run is never a result. */
export function isReturned(
  error: SpellError,
  tool: KnownTool | undefined,
  request: Request,
): boolean {
  if (request.context.signal.aborted || request.onError === 'raise') return false
  if (request.onError === 'return') return true
  return isReportedFailure(error) || (tool?.parts.item.reports?.includes(error.code) ?? false)
}
