import type { Value } from '@llmspell/sdk'
import { checkAnswer, correction, outputInvalid } from './answer.ts'
import { DEFAULTS } from './config.ts'
import type { Points } from './house.ts'
import { textMessage } from './messages.ts'
import { progress } from './progress.ts'
import type { AgentChunk } from './result.ts'
import { askModel } from './step.ts'
import { stepDone } from './step-done.ts'
import { stopsAfterTools, stopsBeforeTools } from './stop-when.ts'
import { callTools, leaveTools } from './tool-calls.ts'
import type { Turn } from './turn.ts'

/** `finish_reason` of an answer that the script's own condition ended. */
const STOPPED = 'stop_when'

/** The turn of an agent that a conversation is passed on to. */
export type NextTurn = (turn: Turn) => Promise<Turn>

/**
 * Asks the model until it answers without calling a tool; `finish` is the last chunk.
 * @throws BUDGET_EXCEEDED, AGENT_OUTPUT_INVALID, PROVIDER_FAILED
 */
export async function* loop(
  first: Turn,
  points: Points,
  nextTurn: NextTurn,
): AsyncGenerator<AgentChunk, void> {
  let turn = first
  for (let corrections = 0; ;) {
    const number = await begin(turn)
    const answer = yield* askModel(turn)
    const { text, asked } = answer
    turn.record.said.push({ role: 'assistant', content: answer.parts.all })
    yield await stepDone(turn, points, number, answer)
    turn.parts.ask.ledger.check(text)
    if (asked.length === 0) {
      const data = judged(turn, text, corrections++)
      if (data === RETRY) continue
      return yield finish(turn, text, data)
    }
    if (stopsBeforeTools(turn, answer)) {
      leaveTools(turn, asked)
      return yield finish(turn, text, parsed(turn, text), STOPPED)
    }
    const rows = yield* callTools(turn, asked)
    if (await stopsAfterTools(turn, answer, rows))
      return yield finish(turn, text, parsed(turn, text), STOPPED)
    const { next } = turn.record
    if (!next) continue
    yield { type: 'handoff', text: '', from: turn.parts.agent.name, to: next.name }
    turn = await nextTurn(turn)
  }
}

/** Counts the next request to the model. A pause holds it back. */
async function begin({ parts: { ask, agent } }: Turn): Promise<number> {
  while (agent.ready) await ask.stop.race(agent.ready)
  const number = ask.ledger.step()
  progress(ask, 'active', 'thinking')
  return number
}

function finish(turn: Turn, text: string, data: Value | undefined, reason?: string): AgentChunk {
  return { type: 'finish', text: '', result: turn.result(text, data, reason) }
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
  turn.record.said.push(textMessage('user', correction(shape, checked.problems)))
  return RETRY
}

/** The data of an answer that was cut short, where it has any. */
function parsed({ parts: { shape } }: Turn, text: string): Value | undefined {
  const checked = shape && checkAnswer(shape, text)
  return checked?.ok ? checked.data : undefined
}
