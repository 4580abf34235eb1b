import type { Points } from './house.ts'
import { tokenUsage } from './ledger.ts'
import type { AgentChunk, StepRow } from './result.ts'
import type { Answer } from './step.ts'
import type { Turn } from './turn.ts'

/** Notes what one request to a model came to, and tells hooks and readers. */
export async function stepDone(
  turn: Turn,
  points: Points,
  number: number,
  answer: Answer,
  purpose?: 'summary',
): Promise<AgentChunk> {
  const { agent, ask } = turn.parts
  const row = rowOf(turn, number, answer, purpose)
  turn.record.steps.push(row)
  if (points.step.used) {
    const { model, finish_reason, usage } = row
    const tool_calls = answer.asked.map((call) => call.name)
    const run_id = ask.context.runId
    await points.step.call({
      agent: agent.name,
      run_id,
      model,
      number,
      finish_reason,
      tool_calls,
      usage,
    })
  }
  return { type: 'step', text: '', ...row }
}

function rowOf(turn: Turn, number: number, answer: Answer, purpose?: 'summary'): StepRow {
  const { inputTokens, outputTokens, cost = 0 } = answer.finish!.usage
  return {
    number,
    agent: turn.parts.agent.name,
    model: turn.answerer.model,
    ...(purpose ? { purpose } : {}),
    finish_reason: turn.finishReason,
    usage: tokenUsage(inputTokens, outputTokens),
    cost,
  }
}
