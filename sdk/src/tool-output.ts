import type { ToolOutput } from './contracts/tool.ts'
import { SpellError, fromErrorRecord, isSpellError } from './errors.ts'
import type { ErrorRecord } from './errors.ts'
import type { Value } from './values.ts'

/** A failure that the tool itself gave as its result: whatever its code, it is not raised. */
export class ReportedFailure extends SpellError {
  readonly reported = true

  constructor(record: ErrorRecord) {
    const { code, message, hint, details, cause } = fromErrorRecord(record)
    super(code, message, { hint, details, cause })
  }
}

/** True for one of any copy of the SDK. */
export function isReportedFailure(error: unknown): error is ReportedFailure {
  return isSpellError(error) && (error as Partial<ReportedFailure>).reported === true
}

/**
 * What a function of a script gave as the result of its tool: text and any value are a result, a table with `success` is a
 * whole one.
 * @throws ReportedFailure where that says `success = false`
 */
export function toolOutput(given: Value | undefined): ToolOutput {
  if (!isWholeResult(given)) return { result: given ?? null }
  const { success, text, result, operation, message } = given
  if (!success) throw reported(given)
  const written = typeof text === 'string' ? { text } : {}
  return {
    result: result ?? text ?? null,
    ...written,
    ...(typeof operation === 'string' ? { operation } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  }
}

type WholeResult = { readonly [key: string]: Value | undefined } & { readonly success: boolean }

function isWholeResult(value: Value | undefined): value is WholeResult {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return typeof (value as { success?: unknown }).success === 'boolean'
}

function reported({ error, text }: WholeResult): ReportedFailure {
  const { code, message, hint, details } = (typeof error === 'object' ? error : {}) as Record<
    string,
    unknown
  >
  const said = [message, error, text].find((candidate) => typeof candidate === 'string')
  return new ReportedFailure({
    code: typeof code === 'string' ? code : 'TOOL_FAILED',
    message: (said as string | undefined) ?? 'The tool reported a failure without a message.',
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(details === undefined ? {} : { details: details as Value }),
  })
}
