import { durationMs } from '@llmspell/sdk'
import type { CallContext, Value } from '@llmspell/sdk'
import { Stop, timedOut } from './abort.ts'
import type { Agent } from './agent.ts'
import { Ask, asking } from './ask.ts'
import type { AgentConfig, AgentInput, ExecuteOptions } from './config.ts'
import { Course } from './course.ts'
import type { House } from './house.ts'
import { question } from './input.ts'
import { keep } from './kept.ts'
import { exceeded, Ledger } from './ledger.ts'
import { loop } from './loop.ts'
import type { Memory } from './memory.ts'
import { withPartial } from './partial.ts'
import type { AgentChunk, AgentResult } from './result.ts'
import { summarised } from './summary.ts'
import { bindTools } from './toolbox.ts'
import { Turn, TurnRecord } from './turn.ts'
import type { TurnParts } from './turn.ts'
import { firstParts, merged, passedOn } from './turns.ts'

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
      stop.leave()
      agent.leave(stop)
      stop.release()
      await agent.closing(chunks.return())
      return { done: true, value: undefined }
    },
  }
}

async function* run(
  house: House,
  asked: Question,
  config: AgentConfig,
  toolbox: Agent['toolbox'],
  ask: Ask,
): AsyncGenerator<AgentChunk, void> {
  const { agent, input, memory } = asked
  const { on_chunk } = asked.options
  const { signal } = ask.stop
  agent.open()
  agent.begin(ask.stop)
  const course = new Course(agent, ask, house.points)
  const record = new TurnRecord(agent.maxDepth)
  try {
    startClocks(asked, ask)
    await course.start(question(input))
    const parts = await firstParts(house, asked, config, toolbox, ask, record)
    yield* summarised(parts, record, memory, house.points)
    const turn = new Turn({ ...parts, past: memory?.recall() ?? [] }, record)
    for await (const chunk of loop(turn, house.points, (last) => passedOn(last, asked))) {
      if (chunk.type === 'finish') {
        remember(memory, parts, record)
        await course.end('answered')
        await keep(agent, house, asked.context)
      } else if (on_chunk) await ask.stop.race(on_chunk(chunk as unknown as Value))
      yield chunk
    }
  } catch (error) {
    const reason = withPartial(signal.aborted ? signal.reason : error, record)
    await course.end('failed', reason)
    await keep(agent, house, asked.context)
    throw reason
  } finally {
    for (const other of record.others) other.leave(ask.stop)
    await course.end('left')
  }
}

function remember(memory: Memory | undefined, { asked }: TurnParts, record: TurnRecord): void {
  if (!memory) return
  memory.add([...asked, ...record.said])
  if (record.untrusted) memory.untrusted = true
}

function startClocks({ agent, options }: Question, { stop, ledger }: Ask): void {
  const timeout = options.timeout === undefined ? undefined : durationMs(options.timeout)
  const { timeMs } = ledger
  stop.after(timeout, () => timedOut(agent.name, timeout!))
  stop.after(timeMs, () => exceeded(agent.name, 'max_time', timeMs!, timeMs!))
}
