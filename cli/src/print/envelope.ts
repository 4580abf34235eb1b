import {
  toErrorRecord,
  type ErrorRecord,
  type RunResult,
  type Usage,
  type Value,
} from '@llmspell/sdk'

/** What `--json` prints for a run that ended well. */
export function resultEnvelope(result: RunResult): object {
  return {
    ok: true,
    result: result.value ?? null,
    output: result.output,
    run_id: result.runId,
    usage: usageOf(result.usage),
    calls: result.calls,
    duration_ms: Math.round(result.durationMs * 1000) / 1000,
  }
}

/** What `--json` prints for a failure of any kind. `output` is what was printed before it. */
export function errorEnvelope(error: unknown, output?: string): object {
  return { ok: false, error: record(error), ...(output === undefined ? {} : { output }) }
}

function record(error: unknown): ErrorRecord {
  const { trace, ...rest } = toErrorRecord(error)
  return trace === undefined ? rest : { ...rest, trace }
}

/** Tokens and money in the names that scripts see. */
function usageOf(usage: Usage): object {
  const { inputTokens, outputTokens, cost } = usage
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    cost,
  }
}

/** JSON of a value; bytes as base64 text. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, bytesAsText, indent)
}

/** A script's value for stdout: text as it is, nothing for nil, JSON for the rest. */
export function valueText(value: Value | undefined): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : toJson(value, 2)
  return text.endsWith('\n') ? text : `${text}\n`
}

function bytesAsText(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key]
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('base64') : value
}
