import type { Tool } from '@llmspell/sdk'

/** What the schema in package.json lets through. */
export interface WordCountInput {
  readonly text: string
}

/** A word is whatever stands between white space. */
export const wordCount: Tool<WordCountInput> = {
  execute({ text }) {
    const words = text.split(/\s+/).filter(Boolean).length
    const lines = text === '' ? 0 : text.split('\n').length
    return { result: { words, lines }, text: `words: ${words}, lines: ${lines}` }
  },
}
