import type { Value } from './values.ts'

/** Where in a script something happened. Lines and columns count from 1. */
export interface Where {
  readonly file: string
  readonly line: number
  readonly column?: number
}

/** An error as plain data: what crosses the door, the wire and the journal. */
export interface ErrorRecord {
  /** Upper-case and stable. Test this, never the message. */
  readonly code: string
  readonly message: string
  /** One thing to do next. */
  readonly hint?: string
  readonly details?: Value
  readonly where?: Where
  /** Call stack of the script, one frame per line. */
  readonly trace?: string
  readonly cause?: ErrorRecord
}

export interface SpellErrorOptions {
  readonly hint?: string | undefined
  readonly details?: Value | undefined
  readonly where?: Where | undefined
  readonly trace?: string | undefined
  readonly cause?: unknown
}

/**
 * The one error of llmspell. `message` names its subject in single quotes and says what was
 * expected and what was found; `hint` is one thing to do.
 *
 * @example
 * throw new SpellError('TOOL_NOT_FOUND', "Tool 'calcluator' is not registered.", {
 *   hint: "Did you mean 'calculator'?",
 * })
 */
export class SpellError extends Error {
  /** Brand: recognised across copies of the SDK in one process. */
  readonly $llmspell = 'error/1'
  readonly code: string
  readonly hint?: string
  readonly details?: Value
  readonly where?: Where
  readonly trace?: string

  constructor(code: string, message: string, options: SpellErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SpellError'
    this.code = code
    if (options.hint !== undefined) this.hint = options.hint
    if (options.details !== undefined) this.details = options.details
    if (options.where !== undefined) this.where = options.where
    if (options.trace !== undefined) this.trace = options.trace
  }
}

/** What a plugin was doing when it failed. */
export type Step = 'discover' | 'resolve' | 'load' | 'config' | 'setup' | 'tap' | 'call' | 'dispose'

/** A failure of a plugin, with the plugin's id and the step it was in. */
export class PluginError extends SpellError {
  readonly owner: string
  readonly step: Step

  constructor(
    code: string,
    message: string,
    options: SpellErrorOptions & { readonly owner: string; readonly step: Step },
  ) {
    super(code, message, options)
    this.name = 'PluginError'
    this.owner = options.owner
    this.step = options.step
  }
}

/** True for a SpellError of any copy of the SDK. */
export function isSpellError(error: unknown): error is SpellError {
  return error instanceof Error && (error as { $llmspell?: unknown }).$llmspell === 'error/1'
}

/** True for a PluginError of any copy of the SDK. */
export function isPluginError(error: unknown): error is PluginError {
  return isSpellError(error) && typeof (error as { owner?: unknown }).owner === 'string'
}

/** The error as plain data. A foreign error gets `code` and keeps its message. */
export function toErrorRecord(error: unknown, code = 'INTERNAL', depth = 0): ErrorRecord {
  const known = isSpellError(error) ? error : undefined
  const cause = error instanceof Error && depth < 8 ? error.cause : undefined
  return {
    code: known?.code ?? code,
    message: error instanceof Error ? error.message : String(error),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
    ...(known?.details === undefined ? {} : { details: known.details }),
    ...(known?.where === undefined ? {} : { where: known.where }),
    ...(known?.trace === undefined ? {} : { trace: known.trace }),
    ...(cause === undefined ? {} : { cause: toErrorRecord(cause, code, depth + 1) }),
  }
}

/** The error back from plain data. */
export function fromErrorRecord(record: ErrorRecord): SpellError {
  const { code, message, cause, ...rest } = record
  return new SpellError(code, message, {
    ...rest,
    ...(cause === undefined ? {} : { cause: fromErrorRecord(cause) }),
  })
}
