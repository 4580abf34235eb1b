import type { Message, MessagePart } from './contracts/provider.ts'
import type { Usage } from './contracts/run.ts'

/** What a server says it counted: any JSON. */
export type ToldUsage = { readonly [key in keyof Omit<Usage, 'cost'>]?: unknown }

/** What went over the line, in characters. */
export interface SeenUsage {
  readonly input: number
  readonly output: number
}

/** Usual length of a token, and one that hardly any text is beyond. */
const USUAL = 4
const LONGEST = 16

/**
 * The counts of a server as far as they can be true: whole numbers from 0, parts no larger than what they are part of,
 * no fewer tokens of an answer than its length needs, and an estimate where nothing was counted of a question.
 */
export function countedUsage(told: ToldUsage, seen: SeenUsage): Omit<Usage, 'cost'> {
  const inputTokens = countOf(told.inputTokens) || Math.ceil(seen.input / USUAL)
  const outputTokens = Math.max(countOf(told.outputTokens), Math.floor(seen.output / LONGEST))
  const cached = Math.min(countOf(told.cachedTokens), inputTokens)
  const reasoning = Math.min(countOf(told.reasoningTokens), outputTokens)
  return {
    inputTokens,
    outputTokens,
    ...(cached > 0 ? { cachedTokens: cached } : {}),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
  }
}

function countOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 0
  return Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER)
}

/** Characters of a question. Bytes of files are not counted. */
export function lengthOf(messages: readonly Message[]): number {
  return messages.flatMap(({ content }) => content).reduce((sum, part) => sum + sizeOf(part), 0)
}

function sizeOf(part: MessagePart): number {
  if (part.type === 'tool_call') return JSON.stringify(part.input).length
  return part.type === 'file' ? 1 : part.text.length
}
