import { cancel, type Cancel, type ToolFacts } from '@llmspell/sdk'

/** A tap that lets a call pass, or ends it with the reason and what to do. */
export function forbid(words: readonly string[]) {
  const wanted = words.map((word) => word.toLowerCase())
  return ({ tool, params }: Pick<ToolFacts, 'tool' | 'params'>): Cancel | undefined => {
    const text = JSON.stringify(params).toLowerCase()
    const found = wanted.find((word) => text.includes(word))
    if (found === undefined) return undefined
    return cancel(`Tool '${tool}' was given '${found}'.`, 'Take the word out of the input.')
  }
}
