import { fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { Artifacts, ErrorRecord, NestedCall, ToolResult, Value } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import { failsWithWords, failure } from './bound-tool.ts'
import type { BoundTool, ToolOutcome } from './bound-tool.ts'
import { modelText } from './model-text.ts'

const FATAL = new Set(['BUDGET_EXCEEDED', 'CANCELLED'])
const DENIED = new Set(['PERMISSION_DENIED', 'HOOK_CANCELLED'])

/** True for what ends an agent; every other failure of a tool is told to its model. */
function isFatal({ code, details }: ErrorRecord): boolean {
  if (FATAL.has(code)) return true
  return (
    DENIED.has(code) && (details as { readonly fatal?: unknown } | null | undefined)?.fatal === true
  )
}

/** Runs a tool for a model. @throws only what ends the agent */
export async function outcomeFor(
  ask: Ask,
  tool: BoundTool,
  params: Value,
  artifacts: Artifacts | undefined,
  more: Pick<NestedCall, 'signal' | 'tools' | 'branch'>,
): Promise<ToolOutcome> {
  try {
    const result = await tool.invoke(ask, params, { on_error: 'return' }, more)
    const outcome = told(result)
    const outside = result.success ? {} : markOf(tool)
    return await readable(outcome, { ...result.metadata, ...outside }, ask, artifacts)
  } catch (error) {
    if (ask.stop.signal.aborted) throw error
    const record = toErrorRecord(error, 'TOOL_FAILED')
    if (isFatal(record)) throw error
    const metadata = { ...factsOf(tool, ask), ...markOf(tool) }
    return readable(failure(record), metadata, ask, artifacts)
  }
}

/** Of a failure: it may say what a page says, or what a model has made of it. */
const markOf = (tool: BoundTool): { readonly untrusted?: true } =>
  failsWithWords(tool) ? { untrusted: true } : {}

function factsOf({ model }: BoundTool, { context }: Ask): ToolResult['metadata'] {
  const { runId, seq } = context
  return { tool: model.name, duration_ms: 0, execution_time_ms: 0, run_id: runId, seq }
}

async function readable(
  outcome: ToolOutcome,
  metadata: ToolResult['metadata'],
  ask: Ask,
  artifacts: Artifacts | undefined,
): Promise<ToolOutcome> {
  const text = await modelText({ text: outcome.text, metadata }, ask, artifacts)
  return { ...outcome, text, ...(metadata.untrusted ? { untrusted: true } : {}) }
}

function told({ success, text, result, error }: ToolResult): ToolOutcome {
  const kept = result === undefined ? {} : { result }
  if (success) return { text, ...kept }
  const record = (error ?? { code: 'TOOL_FAILED', message: text }) as unknown as ErrorRecord
  if (isFatal(record)) throw fromErrorRecord(record)
  return { ...kept, ...failure(record) }
}
