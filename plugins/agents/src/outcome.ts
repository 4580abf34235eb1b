import { fromErrorRecord, toErrorRecord } from '@llmspell/sdk'
import type { Artifacts, ErrorRecord, NestedCall, ToolResult, Value } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import { failure } from './bound-tool.ts'
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
  more: Pick<NestedCall, 'signal' | 'tools'>,
): Promise<ToolOutcome> {
  try {
    const result = await tool.invoke(ask, params, { on_error: 'return' }, more)
    const outcome = told(result)
    const { metadata } = result
    const read = await modelText({ text: outcome.text, metadata }, ask, artifacts)
    return { ...outcome, text: read, ...(metadata.untrusted ? { untrusted: true } : {}) }
  } catch (error) {
    if (ask.stop.signal.aborted) throw error
    const record = toErrorRecord(error, 'TOOL_FAILED')
    if (isFatal(record)) throw error
    return failure(record)
  }
}

function told({ success, text, result, error }: ToolResult): ToolOutcome {
  const kept = result === undefined ? {} : { result }
  if (success) return { text, ...kept }
  const record = (error ?? { code: 'TOOL_FAILED', message: text }) as unknown as ErrorRecord
  if (isFatal(record)) throw fromErrorRecord(record)
  return { ...kept, ...failure(record) }
}
