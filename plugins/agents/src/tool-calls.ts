import { printable, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, ModelChunk, Value } from '@llmspell/sdk'
import { approval } from './approval.ts'
import { failure } from './bound-tool.ts'
import type { ToolOutcome } from './bound-tool.ts'
import { outcomeFor } from './outcome.ts'
import { progress } from './progress.ts'
import type { AgentChunk, CallRow } from './result.ts'
import { notGranted } from './toolbox.ts'
import type { Turn } from './turn.ts'

type Asked = Extract<ModelChunk, { readonly type: 'tool_call' | 'tool_call_invalid' }>

/** Carries out what the model asked for in one step, all at once, and puts the answers behind it. */
export async function* callTools(
  turn: Turn,
  asked: readonly Asked[],
): AsyncGenerator<AgentChunk, void> {
  turn.parts.ask.ledger.calls(asked.length)
  turn.chose = true
  for (const call of asked) {
    yield { type: 'tool_call', text: '', id: call.id, name: call.name, input: inputOf(call) }
  }
  progress(
    turn.parts.ask,
    'active',
    `calling ${asked.map((call) => printable(call.name, 80)).join(', ')}`,
  )
  const rows = await Promise.all(asked.map((call) => carryOut(turn, call)))
  turn.said.push({ role: 'tool', content: rows.map(({ part }) => part) })
  for (const { row } of rows) {
    turn.calls.push(row)
    yield chunkOf(row)
  }
}

const inputOf = (call: Asked): Value => (call.type === 'tool_call' ? call.input : call.raw)

async function carryOut(turn: Turn, call: Asked) {
  const { id, name } = call
  const startedAt = performance.now()
  const { text, ...came } = await outcome(turn, call)
  const duration_ms = Math.round(performance.now() - startedAt)
  const row: CallRow = { id, name, input: inputOf(call), ...came, duration_ms }
  const failed = came.error !== undefined
  return { row, part: { type: 'tool_result', id, name, text, failed } as const }
}

/** Refused calls are answered like failed ones, and never run. */
async function outcome(turn: Turn, call: Asked): Promise<ToolOutcome> {
  const { agent, toolbox, ask, artifacts } = turn.parts
  const tool = toolbox.get(call.name)
  if (!tool) return failure(toErrorRecord(notGranted(agent.name, call.name, toolbox)))
  if (call.type === 'tool_call_invalid') return failure(badArguments(call))
  const refusal = await approval(turn, tool, call)
  return refusal ? failure(refusal) : outcomeFor(ask, tool, call.input, artifacts)
}

function badArguments({
  name,
  raw,
  problem,
}: Extract<Asked, { readonly type: 'tool_call_invalid' }>): ErrorRecord {
  return {
    code: 'INPUT_INVALID',
    message: `The arguments of tool '${name}' must be one JSON object: ${problem}. Found: ${raw.slice(0, 500)}`,
    hint: 'Call it again with valid JSON.',
  }
}

function chunkOf({ id, name, result, error }: CallRow): AgentChunk {
  return {
    type: 'tool_result',
    text: '',
    id,
    name,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
  }
}
