import { persistentLocals } from '@llmspell/sdk/lua'
import { isGood } from '../entry.ts'
import type { Entry } from '../entry.ts'
import { javascriptPart, terminated, wholeScript } from './javascript.ts'
import { literalOf } from './literal.ts'
import { localsOf, luaPart } from './lua.ts'
import type { Part } from './part.ts'

const MOST_LOCALS = 150

/** What the time or chance has a part in. */
const VARIES = /random|time|clock|date|uuid|now/i

/** The entries that went well as a script that shows what they showed. */
export function spellOf(language: string, entries: readonly Entry[]): string {
  const lines = entries.filter(isGood).map((entry) => linesOf(language, entry, printed))
  return `${HEAD[sign(language)]}: llmspell run\n${whole(language, lines)}\n`
}

/** The same as a test: short values have to come out as they did. */
export function testOf(language: string, entries: readonly Entry[]): string {
  const lines = entries.filter(isGood).map((entry) => linesOf(language, entry, expected))
  const [begin, end] = CASE[sign(language)]
  return `${HEAD[sign(language)]}: llmspell test\n${begin}\n${whole(language, lines)}\n${end}\n`
}

const sign = (language: string): 'lua' | 'javascript' => (language === 'lua' ? 'lua' : 'javascript')

const HEAD = { lua: '-- A session of entries', javascript: '// A session of entries' } as const
const CASE = {
  lua: ['Test.case("session", function()', 'end)'],
  javascript: ["await Test.case('session', async () => {", '})'],
} as const

const whole = (language: string, lines: readonly string[]): string =>
  language === 'lua' ? wholeLua(lines) : wholeScript(lines)

/** A function of Lua has 200 local variables at most; a session has as many as it likes. */
function wholeLua(lines: readonly string[]): string {
  const text = lines.join('\n')
  return localsOf(text) > MOST_LOCALS
    ? lines.map((line) => persistentLocals(line)).join('\n')
    : text
}

/** What stands for the value of an entry. */
type Use = (language: string, value: string, entry: Entry) => string

function linesOf(language: string, entry: Entry, use: Use): string {
  const { before, value } = partOf(language, entry)
  const shown = value === undefined ? [] : [use(language, inBrackets(language, value), entry)]
  const lines = [before, ...shown].filter((line) => line !== '')
  return (language === 'lua' ? lines : lines.map(terminated)).join('\n')
}

function partOf(language: string, { text, end }: Entry): Part {
  const shown = end.status === 'value' && end.values.length > 0
  return language === 'lua' ? luaPart(text, shown) : javascriptPart(text, shown)
}

/** A comment must not take the bracket behind it along. */
function inBrackets(language: string, value: string): string {
  return value
    .split('\n')
    .at(-1)!
    .includes(language === 'lua' ? '--' : '//')
    ? `${value}\n`
    : value
}

const printed: Use = (_, value) => `print(${value})`

const expected: Use = (language, value, { text, end }) => {
  const values = end.status === 'value' ? end.values : []
  const literal = values.length === 1 ? literalOf(language, values[0]) : undefined
  if (literal === undefined || VARIES.test(text)) return language === 'lua' ? `_ = ${value}` : value
  return `${language === 'lua' ? '' : 'await '}Test.equal(${value}, ${literal})`
}
