import type { Message } from '@llmspell/sdk'
import { DEFAULTS } from './config.ts'
import type { AgentConfig } from './config.ts'
import { lightened } from './lightened.ts'
import { textMessage } from './messages.ts'
import { tokensOf } from './tokens.ts'
import { trim } from './trim.ts'
import type { MemoryLimit } from './trim.ts'

/** Of a limit, what a summary may take. */
const SHARE = 1 / 4
const LONGEST_SUMMARY = 1000
const HEADING = 'Summary of what was said before:\n'

/** What outlives a run of what was said: as far as it would be told again, without media. */
export interface MemoryDump {
  readonly messages: readonly Message[]
  readonly summary: string
  readonly untrusted: boolean
}

/** How an agent remembers. */
export interface MemoryRule extends MemoryLimit {
  readonly strategy: 'window' | 'summary'
}

/** What was said, and how much of it a model is told again. */
export class Memory {
  readonly rule: MemoryRule
  #messages: readonly Message[]
  #summary = ''
  /** Messages at the front that the summary stands for. */
  #summarised = 0
  /** Something of it came from outside. */
  untrusted = false

  constructor(rule: MemoryRule, messages: readonly Message[] = []) {
    this.rule = rule
    this.#messages = messages
  }

  /** All that was said. */
  get all(): readonly Message[] {
    return this.#messages
  }

  get summary(): string {
    return this.#summary
  }

  /** Most tokens of a summary. */
  get summaryTokens(): number {
    const { tokens } = this.rule
    if (tokens === undefined) return LONGEST_SUMMARY
    return Math.min(LONGEST_SUMMARY, Math.floor(tokens * SHARE))
  }

  /** What the next question is put behind. */
  recall(): readonly Message[] {
    const before = this.#summary === '' ? [] : [textMessage('user', HEADING + this.#summary)]
    return [...before, ...trim(this.#rest, this.#left(before)).kept]
  }

  /**
   * What falls out and is in no summary yet, where the rule asks for one. Half of the limit is made free, so that not
   * every question needs a summary.
   */
  overflow(): readonly Message[] {
    if (this.rule.strategy !== 'summary') return []
    if (trim(this.#rest, this.#left([])).fallen.length === 0) return []
    return trim(this.#rest, halved(this.rule)).fallen
  }

  /** Puts a summary in the place of what fell out, and of the summary before. */
  condense(summary: string, fallen: readonly Message[]): void {
    const last = fallen.at(-1)
    if (last) this.#summarised = this.#messages.indexOf(last) + 1
    this.#summary = fitted(summary, this.summaryTokens - tokensOf([textMessage('user', HEADING)]))
  }

  add(messages: readonly Message[]): void {
    this.#messages = lightened([...this.#messages, ...messages])
  }

  clear(): void {
    this.#messages = []
    this.#summary = ''
    this.#summarised = 0
    this.untrusted = false
  }

  dump(): MemoryDump {
    const rest = this.#rest
    const kept = this.rule.strategy === 'summary' ? rest : trim(rest, this.#left([])).kept
    const { summary, untrusted } = this
    return { messages: lightened(kept, 0), summary, untrusted }
  }

  restore({ messages, summary, untrusted }: MemoryDump): void {
    this.#messages = messages
    this.#summary = summary
    this.#summarised = 0
    this.untrusted = untrusted
  }

  copy(): Memory {
    const copy = new Memory(this.rule, this.#messages)
    copy.#summary = this.#summary
    copy.#summarised = this.#summarised
    copy.untrusted = this.untrusted
    return copy
  }

  get #rest(): readonly Message[] {
    return this.#messages.filter((message, i) => i >= this.#summarised || message.role === 'system')
  }

  #left(before: readonly Message[]): MemoryLimit {
    const { tokens } = this.rule
    return tokens === undefined ? this.rule : { ...this.rule, tokens: tokens - tokensOf(before) }
  }
}

function halved({ messages, tokens }: MemoryRule): MemoryLimit {
  return {
    ...(messages === undefined ? {} : { messages: Math.ceil(messages / 2) }),
    ...(tokens === undefined ? {} : { tokens: Math.floor(tokens / 2) }),
  }
}

/** The beginning of a text, of at most so many tokens. */
function fitted(text: string, tokens: number): string {
  const bytes = Buffer.from(text.trim())
  if (bytes.length <= tokens * 4) return text.trim()
  let end = Math.max(0, tokens * 4)
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

/** How much a configuration remembers: messages where nothing else is said. */
export function memoryRule({ memory }: AgentConfig): MemoryRule {
  const { messages, tokens, strategy = 'window' } = typeof memory === 'object' ? memory : {}
  const most = messages ?? (tokens === undefined ? DEFAULTS.memoryMessages : undefined)
  return {
    strategy,
    ...(most === undefined ? {} : { messages: most }),
    ...(tokens === undefined ? {} : { tokens }),
  }
}
