import { HookRounds } from '@llmspell/sdk'
import type { FinalVerdict, Value } from '@llmspell/sdk'
import type { Ask } from './ask.ts'
import type { AgentConfig } from './config.ts'
import type { Question } from './execute.ts'
import type { House } from './house.ts'
import { loop } from './loop.ts'
import type { Memory } from './memory.ts'
import { textMessage } from './messages.ts'
import { withPartial } from './partial.ts'
import type { AgentChunk, AgentResult } from './result.ts'
import { summarised } from './summary.ts'
import type { Toolbox } from './toolbox.ts'
import { Turn, TurnRecord } from './turn.ts'
import type { TurnParts } from './turn.ts'
import { firstParts, passedOn } from './turns.ts'
import { fail, leave, wordsOf } from './way.ts'
import type { Words } from './way.ts'

/** What a hook gives in the place of an answer. */
export type Instead = Extract<FinalVerdict, { readonly type: 'replace' }>

/** One execution of an agent. */
export interface Execution {
  readonly house: House
  readonly asked: Question
  readonly config: AgentConfig
  readonly toolbox: Toolbox
  readonly ask: Ask
  /** Somebody reads the pieces before the last. */
  readonly seen: boolean
  readonly instead: Instead | undefined
}

/** One attempt to answer, which hooks may have made again. */
interface Attempt extends Execution {
  readonly record: TurnRecord
  readonly rounds: HookRounds
  parts?: TurnParts
  /** A reader has got something that cannot be taken back. */
  handed: boolean
}

/**
 * The pieces of the answer that hooks let go, `finish` last. While `agent.output` is used they are held back until it was
 * asked. All attempts are of one budget and one time.
 */
export async function* attempts(execution: Execution): AsyncGenerator<AgentChunk, void> {
  const rounds = new HookRounds()
  for (;;) {
    const record = new TurnRecord(execution.asked.agent.maxDepth)
    const attempt: Attempt = { ...execution, record, rounds, handed: false }
    try {
      if ((yield* pieces(attempt)) !== 'again') return
    } finally {
      for (const other of record.others) other.leave(execution.ask.stop)
    }
  }
}

async function* pieces(attempt: Attempt): AsyncGenerator<AgentChunk, 'again' | void> {
  const { house, asked, ask, record, rounds } = attempt
  try {
    return yield* answered(attempt)
  } catch (thrown) {
    const { signal } = ask.stop
    const error = withPartial(signal.aborted ? signal.reason : thrown, record)
    const { parts } = attempt
    if (signal.aborted || !parts || attempt.handed) throw error
    const words = await fail(house, asked, parts.shape, error, rounds)
    if (words === undefined) throw error
    return words === 'again' ? words : yield* said(attempt, words)
  }
}

async function* answered(attempt: Attempt): AsyncGenerator<AgentChunk, 'again' | void> {
  const { house, asked, config, toolbox, ask, record, rounds, instead } = attempt
  const parts = await firstParts(house, asked, config, toolbox, ask, record)
  attempt.parts = parts
  if (instead) {
    const words = wordsOf('agent.input', instead, parts.shape)
    const left = await leave(house, asked, parts.shape, words, rounds)
    return yield* said(attempt, left as Words)
  }
  const held: AgentChunk[] = []
  const holds = house.points.output.used
  for await (const chunk of source(attempt, parts)) {
    if (chunk.type !== 'finish') {
      if (holds) held.push(chunk)
      else yield await handed(attempt, chunk)
      continue
    }
    const { text, data } = chunk.result
    const given: Words = { text, ...(data === undefined ? {} : { data }) }
    const left = await leave(house, asked, parts.shape, given, rounds)
    if (left === 'again') return left
    for (const each of left === given ? held : held.filter(isNoText))
      yield await handed(attempt, each)
    if (left !== given) return yield* said(attempt, left, chunk.result)
    remember(asked.memory, parts, record)
    yield chunk
  }
}

async function* source(attempt: Attempt, parts: TurnParts): AsyncGenerator<AgentChunk, void> {
  const { house, asked, record } = attempt
  const { memory } = asked
  yield* summarised(parts, record, memory, house.points)
  const turn = new Turn({ ...parts, past: memory?.recall() ?? [] }, record)
  yield* loop(turn, house.points, (last) => passedOn(last, asked))
}

const isNoText = ({ type }: AgentChunk): boolean => type !== 'text' && type !== 'reasoning'

/** Hands a piece on. */
async function handed(attempt: Attempt, chunk: AgentChunk): Promise<AgentChunk> {
  const { on_chunk } = attempt.asked.options
  if (attempt.seen) attempt.handed = true
  if (on_chunk) await attempt.ask.stop.race(on_chunk(chunk as unknown as Value))
  return chunk
}

/** An answer in the words of a hook: the conversation goes on with them. */
async function* said(
  attempt: Attempt,
  { text, data, by }: Words,
  over?: AgentResult,
): AsyncGenerator<AgentChunk, void> {
  const { asked, record, parts } = attempt
  if (record.said.at(-1)?.role === 'assistant') record.said.pop()
  record.said.push(textMessage('assistant', text))
  record.replacedBy = by
  if (text !== '') yield await handed(attempt, { type: 'text', text })
  const result = new Turn({ ...parts!, past: asked.memory?.recall() ?? [] }, record).result(
    text,
    data,
  )
  remember(asked.memory, parts!, record)
  yield { type: 'finish', text: '', result: over ? overlaid(over, result) : result }
}

/** Who was asked and what it took stays as it was. */
function overlaid(given: AgentResult, { metadata, ...words }: AgentResult): AgentResult {
  const { agent, finish_reason } = given
  const { replaced_by } = metadata
  const mark = replaced_by === undefined ? {} : { replaced_by }
  return { ...words, agent, finish_reason, metadata: { ...given.metadata, ...mark } }
}

function remember(memory: Memory | undefined, { asked }: TurnParts, record: TurnRecord): void {
  if (!memory) return
  memory.add([...asked, ...record.said])
  if (record.untrusted) memory.untrusted = true
}
