import { durationMs } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import { Stop, timedOut } from './abort.ts'
import type { Agent } from './agent.ts'
import { Ask, asking } from './ask.ts'
import type { AgentInput, ExecuteOptions } from './config.ts'
import { attempts } from './attempts.ts'
import type { Execution, Instead } from './attempts.ts'
import { Course } from './course.ts'
import type { House } from './house.ts'
import { question } from './input.ts'
import { keep } from './kept.ts'
import { exceeded, Ledger } from './ledger.ts'
import type { Memory } from './memory.ts'
import type { AgentChunk, AgentResult } from './result.ts'
import { bindTools } from './toolbox.ts'
import { throughInput } from './through-input.ts'
import { merged } from './turns.ts'

/** One question to an agent. */
export interface Question {
  readonly agent: Agent
  readonly input: AgentInput
  readonly options: ExecuteOptions
  /** Where the past comes from and this turn goes. */
  readonly memory: Memory | undefined
  readonly context: CallContext
}

/** The whole answer; its pieces go to `on_chunk` where that is given. @throws what the answer's stream throws */
export async function answer(house: House, asked: Question): Promise<AgentResult> {
  let result: AgentResult | undefined
  const seen = asked.options.on_chunk !== undefined
  for await (const chunk of answerStream(house, asked, seen)) {
    if (chunk.type === 'finish') result = chunk.result
  }
  return result!
}

/**
 * The answer in pieces. Nothing happens before the first is pulled; leaving ends what is under way.
 * @param seen somebody reads the pieces before the last
 * @throws AGENT_CLOSED, AGENT_TOO_DEEP, TOOL_NOT_FOUND; while it is read TIMEOUT, CANCELLED, BUDGET_EXCEEDED,
 * AGENT_OUTPUT_INVALID, PROVIDER_FAILED, HOOK_CANCELLED
 */
export function answerStream(
  house: House,
  asked: Question,
  seen = true,
): AsyncIterable<AgentChunk> {
  const begin = (question: Question, instead?: Instead) => beginning(house, question, seen, instead)
  return house.points.input.used ? throughInput(house, asked, begin) : begin(asked)
}

function beginning(
  house: House,
  asked: Question,
  seen: boolean,
  instead: Instead | undefined,
): AsyncIterable<AgentChunk> {
  const { agent, context, options } = asked
  const config = merged(agent.config, options)
  const above = house.budgets?.of(context)
  const ledger = new Ledger(agent.name, config.budget ?? {}, asking()?.ledger, above)
  const stop = new Stop(agent.name, untilLate(context.signal, above?.signal))
  const toolbox = options.tools
    ? bindTools(agent.name, options.tools, house.tools, context)
    : agent.toolbox
  const ask = new Ask(context, ledger, stop, agent.grantOf(toolbox), house.budgets)
  const chunks = run({ house, asked, config, toolbox, ask, seen, instead })
  return { [Symbol.asyncIterator]: () => leavable(chunks, stop, agent) }
}

/** The end of the caller, or of the time that the budget above allows. */
function untilLate(signal: AbortSignal, late: AbortSignal | undefined): AbortSignal {
  return late === undefined ? signal : AbortSignal.any([signal, late])
}

/** A generator only sees its reader leave between chunks; the stop is seen at once. */
function leavable(
  chunks: AsyncGenerator<AgentChunk, void>,
  stop: Stop,
  agent: Agent,
): AsyncIterator<AgentChunk> {
  return {
    next: () => chunks.next(),
    async return() {
      stop.leave()
      agent.leave(stop)
      stop.release()
      await agent.closing(chunks.return())
      return { done: true, value: undefined }
    },
  }
}

async function* run(execution: Execution): AsyncGenerator<AgentChunk, void> {
  const { house, asked, ask } = execution
  const { agent, input } = asked
  agent.open()
  agent.begin(ask.stop)
  const course = new Course(agent, ask, house.points)
  try {
    startClocks(asked, ask)
    await course.start(question(input))
    for await (const chunk of attempts(execution)) {
      if (chunk.type === 'finish') {
        await course.end('answered')
        await keep(agent, house, asked.context)
      }
      yield chunk
    }
  } catch (error) {
    await course.end('failed', error)
    await keep(agent, house, asked.context)
    throw error
  } finally {
    await course.end('left')
  }
}

function startClocks({ agent, options }: Question, { stop, ledger }: Ask): void {
  const timeout = options.timeout === undefined ? undefined : durationMs(options.timeout)
  const { timeMs } = ledger
  stop.after(timeout, () => timedOut(agent.name, timeout!))
  stop.after(timeMs, () => exceeded(agent.name, 'max_time', timeMs!, timeMs!))
}
