import { tokensOf } from './highlight/index.ts'
import type { Language, State } from './highlight/index.ts'

/** Up to so many lines the parser is asked at each. */
const FEW = 100

const OPENS = {
  lua: /^(?:function|do|if|repeat|[([{])$/,
  javascript: /^[([{]$|\$\{$/,
} as const
const CLOSES = { lua: /^(?:end|until|[)\]}])$/, javascript: /^[)\]}]$/ } as const
/** What an entry cannot end with. */
const GOES_ON = {
  lua: /(?:^|[^.])\.\.$|[=,+\-*%^<>~&|]$|(?:^|\W)(?:and|or|not)$/,
  javascript: /(?:^|[^+])\+$|(?:^|[^-])-$|[=,*%&|^<>?~.]$/,
} as const

/**
 * The lines of an entry that is not complete. Whether it is, the engine's parser says; a long one is not read again at each of
 * its lines, but where its brackets and blocks are closed, and when it has twice as many as it was last asked about.
 */
export class Pending {
  #language: Language = 'lua'
  #lines: string[] = []
  #state: State = []
  #depth = 0
  #end = ''
  #asked = 0

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  /** What the lines leave open, for colours. */
  get state(): State {
    return this.#state
  }

  add(line: string, language: Language): void {
    if (this.isEmpty) this.#language = language
    this.#lines.push(...line.split('\n'))
    const { tokens, state } = tokensOf(this.#language, `${line}\n`, this.#state)
    this.#state = state
    for (const { kind, text } of tokens) {
      if (kind === 'comment' || text.trim() === '') continue
      if (kind !== 'string' && CLOSES[this.#language].test(text)) this.#depth--
      if (OPENS[this.#language].test(text)) this.#depth++
      this.#end = (kind === 'string' ? '"' : this.#end + spaced(text)).slice(-12)
    }
  }

  /** Whether the parser is worth asking. */
  get mayEnd(): boolean {
    const { length } = this.#lines
    const isOpen = this.#state.length > 0 || this.#depth > 0
    const may = !isOpen && !GOES_ON[this.#language].test(this.#end)
    if (length > FEW && !may && length < this.#asked * 2) return false
    this.#asked = length
    return true
  }

  clear(): void {
    this.#lines = []
    this.#state = []
    this.#depth = 0
    this.#end = ''
    this.#asked = 0
  }
}

/** Words stay apart, signs do not. */
const spaced = (text: string): string => (/^\w/.test(text) ? ` ${text}` : text)
