import { SpellError, toErrorRecord } from '@llmspell/sdk'
import type { ArtifactInfo, ToolOutput, ToolResult, Value } from '@llmspell/sdk'

/** Facts of one finished call. */
export interface Measured {
  readonly tool: string
  readonly durationMs: number
  readonly runId: string
  readonly seq: number
  /** How many tries it took. */
  readonly attempts: number
  readonly untrusted: boolean
  /** The plugin that answered in the place of the tool. */
  readonly replacedBy?: string | undefined
  /** The whole result, where this is a part. */
  readonly artifact?: ArtifactInfo | undefined
}

/** The one shape of a call that went well. */
export function succeeded(measured: Measured, output: ToolOutput): ToolResult {
  const { result, operation, message } = output
  const named = operation === undefined ? {} : { operation }
  return {
    success: true,
    text: output.text ?? readable(result),
    result,
    ...(isStructured(result) ? { data: result } : {}),
    ...named,
    ...(message === undefined ? {} : { message }),
    metadata: { ...metadataOf(measured), ...named, response: result },
  }
}

/** The same shape for a failure that is not raised. */
export function failed(measured: Measured, error: SpellError): ToolResult {
  const record = toErrorRecord(error) as unknown as Value
  return { success: false, text: error.message, error: record, metadata: metadataOf(measured) }
}

/** Text as it is, nothing as empty text, anything structured as JSON. */
export function readable(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (typeof value !== 'object') return String(value)
  const bytes = (_key: string, item: unknown): unknown =>
    item instanceof Uint8Array ? `${item.byteLength} bytes` : item
  return JSON.stringify(value, bytes, 2)
}

export function isStructured(value: Value): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}

function metadataOf({
  tool,
  durationMs,
  runId,
  seq,
  attempts,
  untrusted,
  replacedBy,
  artifact,
}: Measured): ToolResult['metadata'] {
  const duration = Math.round(durationMs * 1000) / 1000
  return {
    tool,
    duration_ms: duration,
    execution_time_ms: duration,
    run_id: runId,
    seq,
    ...(untrusted ? { untrusted } : {}),
    ...(attempts > 1 ? { attempts } : {}),
    ...(replacedBy === undefined ? {} : { replaced_by: replacedBy }),
    ...(artifact ? { artifact } : {}),
  }
}

/** @throws TOOL_FAILED for what is no output */
export function resultOf(output: ToolOutput, name: string): Value {
  if (typeof output === 'object' && output !== null && 'result' in output) return output.result
  const message = `Tool '${name}' gave no output: expected an object with 'result'.`
  throw new SpellError('TOOL_FAILED', message, { hint: 'Report it to the author of the tool.' })
}
