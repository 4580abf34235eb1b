// oxlint-disable-next-line no-restricted-imports -- it parses, and runs nothing
import { Script } from 'node:vm'
import { endOf, wordsOf } from './part.ts'
import type { Part, Word } from './part.ts'

/** What begins a statement though it could begin an expression. */
const BLOCK = /^(?:\{|function\b|class\b|async\s+function\b)/
/** A line that begins with it goes on with the one before. */
const GOES_ON = /^(?:[([`+\-*/%.,?:&|^<>=]|in\b|instanceof\b)/
const MOST_TRIES = 200

/** What an entry of JavaScript is in a script. @param shown whether it gave a value */
export function javascriptPart(given: string, shown: boolean): Part {
  const text = unexported(given)
  if (!shown) return { before: text.replace(/(?<![\w$.])return\s*;?\s*$/, '') }
  const words = wordsOf('javascript', text)
  for (const at of [0, ...places(text, words)].slice(0, MOST_TRIES)) {
    const before = text.slice(0, at)
    // Behind a semicolon a comment stands for itself.
    const found = partAt(before, text.slice(at)) ?? partAt(before, text.slice(at, endOf(words)))
    if (found) return found
  }
  return { before: text }
}

/** A file that was loaded may export; a script of entries has nobody to export to. */
function unexported(text: string): string {
  return text
    .replaceAll(/^export\s*\{[^{}]*\}[ \t]*;?/gm, '')
    .replaceAll(/^export\s+(?:default\s+)?/gm, '')
}

function partAt(before: string, rest: string): Part | undefined {
  const value = rest
    .trim()
    .replace(/^;\s*/, '')
    .replace(/^return\b\s*/, '')
    .replace(/;\s*$/, '')
  if (value === '' || BLOCK.test(value) || !parses(`return (\n${value}\n)`)) return undefined
  if (!/[;}]\s*$/.test(before) && before !== '' && GOES_ON.test(value)) return undefined
  return before === '' || parses(before) ? { before: before.trim(), value } : undefined
}

/** Where a statement may end, the last first. */
function places(text: string, words: readonly Word[]): readonly number[] {
  const found = words.filter(({ depth }) => depth === 0).map(({ at }) => at)
  const ends = found.filter(
    (at) => text[at - 1] === ';' || /[\n;]\s*$/.test(text.slice(Math.max(0, at - 200), at)),
  )
  return ends.toReversed()
}

/** Statements with their end, so that what follows begins anew. */
export function terminated(text: string): string {
  const end = endOf(wordsOf('javascript', text))
  if (end === 0 || text[end - 1] === ';') return text
  return `${text.slice(0, end)};${text.slice(end)}`
}

/** The lines as one script: a script declares a name once, a session as often as it likes, and it declares each. */
export function wholeScript(lines: readonly string[]): string {
  const text = lines.join('\n')
  const names = undeclared(wordsOf('javascript', text))
  const whole = names.length === 0 ? text : `var ${names.join(', ')};\n${text}`
  return parses(whole) ? whole : variables(whole)
}

/** Whether it could be a script. */
export function parses(text: string): boolean {
  try {
    return Boolean(new Script(`(async () => {'use strict';\n${text}\n})`))
  } catch {
    return false
  }
}

const DECLARES: ReadonlySet<string> = new Set(['let', 'const', 'var', 'class', 'function', '*'])

/** Names that are given a value and declared nowhere. */
function undeclared(words: readonly Word[]): readonly string[] {
  const declared = new Set(
    words.filter((_, i) => DECLARES.has(words[i - 1]?.text ?? '')).map(({ text }) => text),
  )
  const given = words.filter(({ kind, text, depth }, i) => {
    const signs = `${words[i + 1]?.text ?? ''}${words[i + 2]?.text ?? ''}`
    const isName = kind === 'plain' && /^[\p{ID_Start}$_]/u.test(text)
    return depth === 0 && isName && words[i - 1]?.text !== '.' && /^=(?![=>])/.test(signs)
  })
  return [...new Set(given.map(({ text }) => text))].filter((name) => !declared.has(name))
}

/** Declarations outside of all brackets as `var`. */
function variables(text: string): string {
  let [result, done] = ['', 0]
  const words = wordsOf('javascript', text)
  for (const [i, { kind, text: word, at, depth }] of words.entries()) {
    if (depth > 0 || kind !== 'keyword' || !/^(?:let|const|class)$/.test(word)) continue
    const before = words[i - 1]?.text ?? ';'
    if (word === 'class' && !/^[;}]$/.test(before)) continue
    const shown = word === 'class' ? `var ${words[i + 1]?.text} = class` : 'var'
    result += text.slice(done, at) + shown
    done = at + word.length
  }
  return result + text.slice(done)
}
