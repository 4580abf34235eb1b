import { printable, toErrorRecord } from '@llmspell/sdk'
import type { ErrorRecord, MessagePart, ModelChunk, Value } from '@llmspell/sdk'
import { cancelled } from './abort.ts'
import { approval, overseen } from './approval.ts'
import { failure } from './bound-tool.ts'
import type { ToolOutcome } from './bound-tool.ts'
import { Granted } from './granted.ts'
import { passOn } from './handoff.ts'
import { outcomeFor } from './outcome.ts'
import { progress } from './progress.ts'
import type { AgentChunk, CallRow } from './result.ts'
import { notGranted } from './toolbox.ts'
import type { Turn } from './turn.ts'

type Asked = Extract<ModelChunk, { readonly type: 'tool_call' | 'tool_call_invalid' }>

/**
 * Carries out what the model asked for in one step, all at once, and puts the answers behind it in the order of the
 * calls. What ends the agent ends the calls beside it.
 */
export async function* callTools(
  turn: Turn,
  asked: readonly Asked[],
): AsyncGenerator<AgentChunk, readonly CallRow[]> {
  turn.parts.ask.ledger.calls(asked.length)
  turn.chose = true
  for (const call of asked) {
    yield { type: 'tool_call', text: '', id: call.id, name: call.name, input: inputOf(call) }
  }
  const names = asked.map((call) => printable(call.name, 80)).join(', ')
  progress(turn.parts.ask, 'active', `calling ${names}`)
  const done = await together(turn, asked)
  turn.record.said.push({ role: 'tool', content: done.map(({ part }) => part) })
  for (const { row } of done) {
    turn.record.calls.push(row)
    yield chunkOf(row)
  }
  return done.map(({ row }) => row)
}

/** Answers calls that are not carried out, so that none is left without a result. */
export function leaveTools(turn: Turn, asked: readonly Asked[]): void {
  const content = asked.map(({ id, name }): MessagePart => ({
    type: 'tool_result',
    id,
    name,
    text: 'Not run: the agent had stopped.',
    failed: true,
  }))
  turn.record.said.push({ role: 'tool', content })
}

async function together(turn: Turn, asked: readonly Asked[]) {
  const group = new AbortController()
  try {
    return await Promise.all(asked.map((call, lane) => carryOut(turn, call, lane, group.signal)))
  } catch (error) {
    // Not awaited: a tool that hears no signal would hang its agent.
    group.abort(cancelled(turn.parts.agent.name, error))
    throw error
  }
}

const inputOf = (call: Asked): Value => (call.type === 'tool_call' ? call.input : call.raw)

async function carryOut(turn: Turn, call: Asked, lane: number, signal: AbortSignal) {
  const { id, name } = call
  const startedAt = performance.now()
  const { text, untrusted = false, ...came } = await outcome(turn, call, lane, signal)
  const duration_ms = Math.round(performance.now() - startedAt)
  if (untrusted) turn.record.untrusted = true
  const row: CallRow = { id, name, input: inputOf(call), ...came, duration_ms }
  const failed = came.error !== undefined
  return { row, part: { type: 'tool_result', id, name, text, failed } as const }
}

/** Refused calls are answered like failed ones, and never run. */
async function outcome(
  turn: Turn,
  call: Asked,
  lane: number,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { agent, toolbox, ask, artifacts } = turn.parts
  const tool = toolbox.get(call.name)
  if (!tool) return failure(toErrorRecord(notGranted(agent.name, call.name, toolbox)))
  if (call.type === 'tool_call_invalid') return failure(badArguments(call, tool.model.input))
  if (tool.handoff) return passOn(turn, tool.handoff)
  const refusal = await approval(turn, tool, call)
  if (refusal) return failure(refusal)
  const tools = tool.usesTools ? new Granted(turn, call.id, signal) : undefined
  // By its place among the calls: ids of models are their own.
  const more = { signal, branch: `call-${lane}`, ...(tools ? { tools } : {}) }
  return overseen(turn, () => outcomeFor(ask, tool, call.input, artifacts, more))
}

/** Small models often need no more than to see the schema again. */
function badArguments(
  { name, raw, problem }: Extract<Asked, { readonly type: 'tool_call_invalid' }>,
  schema: object,
): ErrorRecord {
  const wanted = JSON.stringify(schema)
  const shown = wanted.length > 4000 ? 'the schema of the tool' : wanted
  return {
    code: 'INPUT_INVALID',
    message: `The arguments of tool '${name}' must be one JSON object: ${problem}. Found: ${raw.slice(0, 500)}`,
    hint: `Call it again with valid JSON for ${shown}.`,
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
