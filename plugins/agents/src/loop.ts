import type { Value } from '@llmspell/sdk'
import { checkAnswer, correction, outputInvalid } from './answer.ts'
import { DEFAULTS } from './config.ts'
import type { Points } from './house.ts'
import { textMessage } from './messages.ts'
import { progress } from './progress.ts'
import type { AgentChunk } from './result.ts'
import { askModel, partsOf } from './step.ts'
import type { Answer } from './step.ts'
import { callTools } from './tool-calls.ts'
import { tokenUsage } from './ledger.ts'
import type { Turn } from './turn.ts'

/**
 * Asks the model until it answers without calling a tool; `finish` is the last chunk.
 * @throws BUDGET_EXCEEDED, AGENT_OUTPUT_INVALID, PROVIDER_FAILED
 */
export async function* loop(turn: Turn, points: Points): AsyncGenerator<AgentChunk, void> {
  const { ledger } = turn.parts.ask
  for (let corrections = 0; ;) {
    const number = ledger.step()
    progress(turn.parts.ask, 'active', 'thinking')
    const answer = yield* askModel(turn)
    turn.said.push({ role: 'assistant', content: partsOf(answer) })
    yield await stepDone(turn, points, number, answer)
    ledger.check(answer.text)
    if (answer.asked.length > 0) {
      yield* callTools(turn, answer.asked)
      continue
    }
    const data = judged(turn, answer.text, corrections++)
    if (data === RETRY) continue
    yield { type: 'finish', text: '', result: turn.result(answer.text, data) }
    return
  }
}

async function stepDone(
  turn: Turn,
  points: Points,
  number: number,
  answer: Answer,
): Promise<AgentChunk> {
  const { inputTokens, outputTokens } = answer.finish!.usage
  const usage = tokenUsage(inputTokens, outputTokens)
  const { agent, ask } = turn.parts
  if (points.step.used) {
    await points.step.call({
      agent: agent.name,
      run_id: ask.context.runId,
      model: turn.answerer.model,
      number,
      finish_reason: turn.finishReason,
      tool_calls: answer.asked.map((call) => call.name),
      usage,
    })
  }
  return { type: 'step', text: '', number, usage }
}

const RETRY = Symbol('retry')

/** The data of an answer; a correction is said to the model where it is not valid. @throws AGENT_OUTPUT_INVALID */
function judged(turn: Turn, text: string, corrections: number): Value | undefined | typeof RETRY {
  const { shape, config, agent } = turn.parts
  if (!shape) return undefined
  const checked = checkAnswer(shape, text)
  if (checked.ok) return checked.data
  const retries = config.schema_retries ?? DEFAULTS.schemaRetries
  if (corrections >= retries) throw outputInvalid(agent.name, checked.problems, text, retries)
  turn.said.push(textMessage('user', correction(shape, checked.problems)))
  return RETRY
}
