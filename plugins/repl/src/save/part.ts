import { tokensOf } from '../highlight/index.ts'
import type { Kind, Language } from '../highlight/index.ts'

/** An entry as a script has it. */
export interface Part {
  /** Statements; empty where the entry is a value alone. */
  readonly before: string
  /** An expression of what the entry gave. */
  readonly value?: string
}

/** A token that means something, with where it stands. */
export interface Word {
  readonly kind: Kind
  readonly text: string
  readonly at: number
  /** How many brackets are open before it. */
  readonly depth: number
}

/** The tokens of a text without blanks and comments. */
export function wordsOf(language: Language, source: string): readonly Word[] {
  const words: Word[] = []
  let [at, depth] = [0, 0]
  for (const { kind, text } of tokensOf(language, source).tokens) {
    const closes = kind === 'plain' && /^[)\]}]$/.test(text)
    if (closes) depth--
    if (kind !== 'comment' && text.trim() !== '') words.push({ kind, text, at, depth })
    const opens = kind === 'plain' ? /^[([{]$/.test(text) : kind === 'string' && text.endsWith('${')
    if (opens) depth++
    at += text.length
  }
  return words
}

/** Where the last token that means something ends. */
export function endOf(words: readonly Word[]): number {
  const last = words.at(-1)
  return last ? last.at + last.text.length : 0
}
