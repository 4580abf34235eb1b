import { persistentLocals } from '@llmspell/sdk/lua'
import { wordsOf } from './part.ts'
import type { Part, Word } from './part.ts'

const OPENS: ReadonlySet<string> = new Set(['function', 'do', 'if', 'repeat'])
const CLOSES: ReadonlySet<string> = new Set(['end', 'until'])

interface Return extends Word {
  readonly blocks: readonly string[]
}

/** What an entry of Lua is in a script. @param shown whether it gave a value: Lua has no statement that is a value alone */
export function luaPart(text: string, shown: boolean): Part {
  if (!shown) return { before: text }
  const own = returns(text).filter(({ blocks }) => !blocks.includes('function'))
  const last = own.at(-1)
  if (!last) return { before: '', value: text.replace(/^\s*=/, '').trim() }
  if (own.length > 1 || last.blocks.length > 0) {
    return { before: '', value: `(function()\n${persistentLocals(text)}\nend)()` }
  }
  const value = text.slice(last.at + 'return'.length).trim()
  return { before: text.slice(0, last.at).trimEnd(), value: value.replace(/;\s*$/, '') }
}

/** Each with the blocks that it stands in. */
function returns(text: string): readonly Return[] {
  const blocks: string[] = []
  const found: Return[] = []
  for (const word of wordsOf('lua', text)) {
    if (word.kind !== 'keyword') continue
    if (OPENS.has(word.text)) blocks.push(word.text)
    if (CLOSES.has(word.text)) blocks.pop()
    if (word.text === 'return') found.push({ ...word, blocks: [...blocks] })
  }
  return found
}
