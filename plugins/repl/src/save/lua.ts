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
  const own = returns(text).filter(({ blocks }) => !blocks.includes('function'))
  const last = own.at(-1)
  if (!shown) return { before: last ? unreturned(text, own) : text }
  if (!last) return { before: '', value: text.replace(/^\s*=/, '').trim() }
  if (own.length > 1 || last.blocks.length > 0) {
    return { before: '', value: `(function()\n${persistentLocals(text)}\nend)()` }
  }
  const value = text.slice(last.at + 'return'.length).trim()
  return { before: text.slice(0, last.at).trimEnd(), value: value.replace(/;\s*$/, '') }
}

/** An entry may end before its last line; a script goes on behind it. */
function unreturned(text: string, own: readonly Return[]): string {
  const [{ at, blocks }] = own as [Return]
  const bare = blocks.length === 0 && wordsOf('lua', text.slice(at + 'return'.length)).every(isEnd)
  if (bare) return text.slice(0, at).trimEnd()
  return `;(function()\n${persistentLocals(text)}\nend)()`
}

const isEnd = ({ text }: Word): boolean => text === ';'

/** How many variables are declared outside of functions, at most. */
export function localsOf(text: string): number {
  const declared = text.matchAll(/\blocal\s+(?:function\s+)?\w+(?:\s*(?:<\w+>)?\s*,\s*\w+)*/g)
  return [...declared].reduce((sum, [names]) => sum + names.split(',').length, 0)
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
