import { durationMs } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import { cancelled, Stop, timedOut } from './abort.ts'
import type { Agent } from './agent.ts'
import { Ask, asking } from './ask.ts'
import type { AgentConfig, AgentInput, ExecuteOptions } from './config.ts'
import { Course } from './course.ts'
import { checkDepth } from './depth.ts'
import { shapeOf } from './house.ts'
import type { House } from './house.ts'
import { question, systemPrompt, turnMessages } from './input.ts'
import { exceeded, Ledger } from './ledger.ts'
import { loop } from './loop.ts'
import type { Memory } from './memory.ts'
import { agentsOf } from './registry.ts'
import type { AgentChunk, AgentResult } from './result.ts'
import { bindTools, checkToolChoice } from './toolbox.ts'
import { Turn } from './turn.ts'

/** One question to an agent. */
export interface Question {
  readonly agent: Agent
  readonly input: AgentInput
  readonly options: ExecuteOptions
  /** Where the past comes from and this turn goes. */
  readonly memory: Memory | undefined
  readonly context: CallContext
}

/** The whole answer. @throws what the answer's stream throws */
export async function answer(house: House, asked: Question): Promise<AgentResult> {
  let result: AgentResult | undefined
  for await (const chunk of answerStream(house, asked)) {
    if (chunk.type === 'finish') result = chunk.result
  }
  return result!
}

/**
 * The answer in pieces. Nothing happens before the first is pulled; leaving ends what is under way.
 * @throws AGENT_CLOSED, AGENT_TOO_DEEP, TOOL_NOT_FOUND; while it is read TIMEOUT, CANCELLED, BUDGET_EXCEEDED,
 * AGENT_OUTPUT_INVALID, PROVIDER_FAILED
 */
export function answerStream(house: House, asked: Question): AsyncIterable<AgentChunk> {
  const { agent, context, options } = asked
  const config = merged(agent.config, options)
  const above = house.budgets?.of(context)
  const ledger = new Ledger(agent.name, config.budget ?? {}, asking()?.ledger, above)
  const stop = new Stop(agent.name, untilLate(context.signal, above?.signal))
  const toolbox = options.tools
    ? bindTools(agent.name, options.tools, house.tools, context)
    : agent.toolbox
  const ask = new Ask(context, ledger, stop, agent.grantOf(toolbox), house.budgets)
  const chunks = run(house, asked, config, toolbox, ask)
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
      stop.end(cancelled(agent.name))
      stop.release()
      await chunks.return()
      return { done: true, value: undefined }
    },
  }
}

function merged(config: AgentConfig, options: ExecuteOptions): AgentConfig {
  return { ...config, ...options, budget: { ...config.budget, ...options.budget } }
}

async function* run(
  house: House,
  asked: Question,
  config: AgentConfig,
  toolbox: Agent['toolbox'],
  ask: Ask,
): AsyncGenerator<AgentChunk, void> {
  const { agent, memory, input } = asked
  const { signal } = ask.stop
  agent.open()
  agent.begin(ask.stop)
  const course = new Course(agent, ask, house.points)
  try {
    startClocks(asked, ask)
    await course.start(question(input))
    const turn = await prepare(house, asked, config, toolbox, ask)
    for await (const chunk of loop(turn, house.points)) {
      if (chunk.type === 'finish') {
        memory?.add([...turnMessages(agent.name, input), ...turn.said])
        await course.end('answered')
      }
      yield chunk
    }
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error
    await course.end('failed', reason)
    throw reason
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

async function prepare(
  house: House,
  { agent, input, options, memory, context }: Question,
  config: AgentConfig,
  toolbox: Agent['toolbox'],
  ask: Ask,
): Promise<Turn> {
  const agents = agentsOf(context)
  checkDepth(agent.name, context.actors, (name) => (agents.find(name) ?? agent).maxDepth)
  checkToolChoice(agent.name, config.tool_choice, toolbox)
  const shape = options.schema ? await shapeOf(options.schema, house) : agent.shape
  const system = await ask.stop.race(systemPrompt(config, input))
  const past = [...(memory?.recall() ?? []), ...turnMessages(agent.name, input)]
  const { artifacts } = house
  return new Turn({ agent, config, toolbox, shape, ask, artifacts, system, past })
}
