import { cancelledBy, misfit, toErrorRecord } from '@llmspell/sdk'
import type { FinalVerdict, HookOutcome, HookRounds, Hooks, Value } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { checkAnswer } from './answer.ts'
import type { AnswerShape } from './answer.ts'
import type { AgentInput, ExecuteOptions } from './config.ts'
import type { Question } from './execute.ts'
import { validators } from './generated/agent.module.validate.js'
import type { House } from './house.ts'
import { question } from './input.ts'
import { agentsOf } from './registry.ts'
import type { AgentFacts } from './types.ts'

type Said<T extends FinalVerdict['type']> = Extract<FinalVerdict, { readonly type: T }>
type Answer<K extends keyof Hooks> = Awaited<HookOutcome<K>>

/** A text that stands for an answer, with its data where the agent has a schema. */
export interface Words {
  readonly text: string
  readonly data?: Value
  /** The plugin that gave it: no model has said it. */
  readonly by?: string
}

/** What hooks made of a question: another one, another agent, or an answer. */
export type Entered =
  | { readonly asked: Question }
  | { readonly to: Question; readonly by: string }
  | { readonly instead: Said<'replace'> }

/** @throws HOOK_CANCELLED, HOOK_RESULT_INVALID, AGENT_NOT_FOUND */
export async function enter({ points }: House, asked: Question): Promise<Entered> {
  const { agent, input, options, context } = asked
  const facts = { ...factsOf(asked), text: question(input), options: plain(options) }
  const said = await once(asked, 'agent.input', () => points.input.call(facts))
  const { verdict } = said
  if (verdict?.type === 'cancel') throw cancelledBy(`Agent '${agent.name}'`, 'agent.input', verdict)
  if (verdict?.type === 'replace') return { instead: verdict }
  const next = said.changed ? changed(asked, facts.text, said.data) : asked
  if (verdict?.type !== 'redirect') return { asked: next }
  const other = agentsOf(context).get(verdict.to)
  other.open()
  const memory = asked.memory === agent.memory ? other.memory : asked.memory
  return { to: { ...next, agent: other, memory }, by: verdict.by }
}

/** What the reader gets, or that the agent is to be asked again. @throws HOOK_RESULT_INVALID */
export async function leave(
  { points }: House,
  asked: Question,
  shape: AnswerShape | undefined,
  given: Words,
  rounds: HookRounds,
): Promise<Words | 'again'> {
  if (!points.output.used) return given
  const { text, data, by } = given
  const mark = by === undefined ? {} : { replaced_by: by }
  const facts = { ...factsOf(asked), attempt: rounds.attempts, text, ...dataOf(data), ...mark }
  const said = await once(asked, 'agent.output', () => points.output.call(facts))
  const { verdict } = said
  if (verdict?.type === 'replace') return wordsOf('agent.output', verdict, shape)
  const again = verdict?.type === 'retry' && by === undefined
  if (again && (await rounds.again(verdict, asked.context.signal))) return 'again'
  if (!said.changed || said.data.text === text) return given
  return { ...given, ...checked('agent.output', said.data.text, shape) }
}

/** What stands in the place of a failure; undefined where it stands itself. */
export async function fail(
  { points }: House,
  asked: Question,
  shape: AnswerShape | undefined,
  thrown: unknown,
  rounds: HookRounds,
): Promise<Words | 'again' | undefined> {
  const error = toErrorRecord(thrown)
  if (!points.error.used || isDecided(error.code)) return undefined
  const facts = { ...factsOf(asked), attempt: rounds.attempts, error }
  const { verdict } = await once(asked, 'agent.error', () => points.error.call(facts))
  if (verdict?.type === 'replace') return wordsOf('agent.error', verdict, shape)
  const again = verdict?.type === 'retry' && (await rounds.again(verdict, asked.context.signal))
  return again ? 'again' : undefined
}

/** The answer that a hook gives: a text, or data for an agent with a schema. @throws HOOK_RESULT_INVALID */
export function wordsOf(
  point: string,
  { result, by }: Said<'replace'>,
  shape: AnswerShape | undefined,
): Words {
  const text = typeof result === 'string' || !shape ? result : JSON.stringify(result)
  return { ...checked(point, text, shape, by), by }
}

function checked(point: string, text: unknown, shape: AnswerShape | undefined, by?: string): Words {
  if (typeof text !== 'string') throw misfit(point, 'a text', 'something else', by)
  if (!shape) return { text }
  const answer = checkAnswer(shape, text)
  if (answer.ok) return { text, data: answer.data }
  const [first] = answer.problems
  const found = `${first?.found ?? 'another'} at '${first?.path ?? ''}'`
  throw misfit(point, 'an answer that satisfies the schema of the agent', found, by)
}

/** Hooks that may have a mind of their own are asked once in the life of a durable run. */
async function once<K extends 'agent.input' | 'agent.output' | 'agent.error'>(
  { context }: Question,
  name: K,
  ask: () => Promise<Answer<K>>,
): Promise<Answer<K>> {
  return (await context.step(name, async () => (await ask()) as unknown as Value, {
    effect: 'pure',
  })) as unknown as Answer<K>
}

/** Limits and what hooks decided themselves are no failures of an agent. */
function isDecided(code: string): boolean {
  return code === 'BUDGET_EXCEEDED' || code === 'CANCELLED' || code.startsWith('HOOK_')
}

/** What every payload about an execution begins with. */
export function factsOf({ agent, context }: Question): AgentFacts {
  const actor = context.actors.at(-1)
  const caller = actor ? `${actor.kind} '${actor.name}'` : 'script'
  return {
    agent: agent.name,
    run_id: context.runId,
    seq: context.seq,
    caller,
    model: modelOf(agent),
  }
}

const modelOf = (agent: Agent): string => agent.model

const dataOf = (data: Value | undefined) => (data === undefined ? {} : { data })

const PLAIN = ['tool_choice', 'temperature', 'max_tokens', 'budget', 'timeout', 'schema'] as const

/** The options that are plain data: functions and tools are the business of who asks. */
function plain(options: ExecuteOptions): Record<string, Value> {
  const kept = PLAIN.filter((key) => options[key] !== undefined)
  return Object.fromEntries(kept.map((key) => [key, options[key] as Value]))
}

/** @throws HOOK_RESULT_INVALID for what nobody could have asked */
function changed(
  asked: Question,
  text: string,
  data: { readonly text: unknown; readonly options?: unknown },
): Question {
  const given = { input: data.text, options: data.options ?? {} }
  if (typeof data.text !== 'string' || !validators['Agent.execute']!(given))
    throw misfit('agent.input', 'a text and options that Agent.execute takes', 'others')
  const kept = Object.entries(asked.options).filter(([key]) => !PLAIN.includes(key as never))
  const options = { ...Object.fromEntries(kept), ...picked(given.options) } as ExecuteOptions
  const input = data.text === text ? asked.input : withText(asked.input, data.text)
  return { ...asked, input, options }
}

function picked(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([key]) => PLAIN.includes(key as never)))
}

/** The text takes the place of all that was made text of the question. */
function withText(input: AgentInput, text: string): AgentInput {
  if (typeof input === 'string') return text
  const { data: _data, parameters: _parameters, ...rest } = input
  return { ...rest, text }
}
