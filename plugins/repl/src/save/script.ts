import { isGood } from '../entry.ts'
import type { Entry } from '../entry.ts'
import { literalOf } from './literal.ts'

/** What the time or chance has a part in. */
const VARIES = /random|time|clock|date|uuid|now/i
const STATEMENT =
  /^(?:const|let|var|function|async\s+function|class|if|for|while|do|switch|try|throw|return|import|export|\{)/

/** The entries that went well as a script that shows what they showed. */
export function spellOf(language: string, entries: readonly Entry[]): string {
  const good = entries.filter(isGood)
  const parts = good.map((entry) => (language === 'lua' ? luaShown(entry) : entry.text))
  return `${HEAD[sign(language)]}: llmspell run\n${whole(language, parts)}\n`
}

/** The same as a test: short values have to come out as they did. */
export function testOf(language: string, entries: readonly Entry[]): string {
  const parts = entries.filter(isGood).map((entry) => expectation(language, entry))
  const [begin, end] = CASE[sign(language)]
  return `${HEAD[sign(language)]}: llmspell test\n${begin}\n${whole(language, parts)}\n${end}\n`
}

const sign = (language: string): 'lua' | 'javascript' => (language === 'lua' ? 'lua' : 'javascript')

const HEAD = { lua: '-- A session of entries', javascript: '// A session of entries' } as const
const CASE = {
  lua: ['Test.case("session", function()', 'end)'],
  javascript: ["await Test.case('session', async () => {", '})'],
} as const

function whole(language: string, parts: readonly string[]): string {
  const text = parts.join('\n')
  return language === 'lua' ? text : repeated(text)
}

function expectation(language: string, entry: Entry): string {
  const { text, end } = entry
  const values = end.status === 'value' ? end.values : []
  const literal = values.length === 1 ? literalOf(language, values[0]) : undefined
  const asks = literal !== undefined && !VARIES.test(text)
  if (language !== 'lua') {
    const expression = text.trim().replace(/;$/, '')
    const isOne = !STATEMENT.test(expression) && !/[;\n]|\/\//.test(expression)
    return asks && isOne ? `await Test.equal(${expression}, ${literal})` : `${text.trimEnd()};`
  }
  if (!isShown(entry)) return text
  const value = luaValue(text)
  return asks ? `Test.equal(${value}, ${literal})` : `_ = ${value}`
}

function luaShown(entry: Entry): string {
  return isShown(entry) ? `print(${luaValue(entry.text)})` : entry.text
}

/** Lua has no statement that is a value alone. */
const isShown = ({ end }: Entry): boolean => end.status === 'value' && end.values.length > 0

function luaValue(text: string): string {
  const value = text.replace(/^\s*=/, '').trim()
  if (/^return\b/.test(value) || value.includes('\n') || value.includes(';'))
    return `(function()\n${/\breturn\b/.test(value) ? value : `return ${value}`}\nend)()`
  return value.includes('--') ? `${value}\n` : value
}

const NAMES = /^(?:const|let|class|(?:async )?function\*?)\s+([\w$]+)/gm

/** A script declares a name once, a session as often as it likes. */
function repeated(text: string): string {
  const names = [...text.matchAll(NAMES)].map((found) => found[1])
  if (new Set(names).size === names.length) return text
  return text
    .replaceAll(/^(?:const|let)(?=\s)/gm, 'var')
    .replaceAll(/^class\s+([\w$]+)/gm, 'var $1 = class')
}
