import { Scanner } from './scan.ts'
import type { Word } from './scan.ts'

/** What was put into a line: columns behind it are so many too far. */
export interface Moved {
  readonly line: number
  readonly column: number
  readonly by: number
}

/** An entry as it is evaluated. */
export interface Persistent {
  readonly source: string
  readonly moved: readonly Moved[]
}

/** A piece of the source with what stands for it. */
interface Edit {
  readonly at: number
  readonly text: string
  readonly shown: string
}

const BEGINS = /^[;})\]"'\w$]?$/
const NAMED = /^(?:(?:async\s+)?function\b\s*\*?|class\b)\s*(?!extends\b)[\p{ID_Start}$_]/u
const EXPORTED = /^export\s*\{[^{}]*\}(?!\s*from\b)[ \t]*;?/
const DEFAULT = /^export\s+default\b/
const RETURN = /^return\b[ \t]*/

/**
 * The entry of a REPL with declarations that the next entry can see and repeat: `let x` becomes `var x`. Exports are what they
 * export, and a `return` at the end is its value. Places stay as they are as far as that can be.
 */
export function persistent(source: string): Persistent {
  let result = ''
  let done = 0
  const moved: Moved[] = []
  for (const word of new Scanner(source).words()) {
    const edit = word.index < done ? undefined : editOf(source, word)
    if (!edit) continue
    const { at, text, shown } = edit
    result += source.slice(done, at) + shown
    done = at + text.length
    const by = shown.length - text.length
    if (by > 0) moved.push({ ...placeOf(source, at), by })
  }
  return { source: result + source.slice(done), moved }
}

function editOf(source: string, word: Word): Edit | undefined {
  const { text, index, before, after } = word
  switch (text) {
    case 'let':
    case 'const':
      if (before === '.' || !/[\p{ID_Start}$_{[]/u.test(after)) return undefined
      return { at: index, text, shown: 'var'.padEnd(text.length) }
    case 'class':
      return BEGINS.test(before) ? ofClass(source, index) : undefined
    case 'export':
      return startsLine(source, index) ? ofExport(source, index) : undefined
    case 'return':
      return startsLine(source, index) ? ofReturn(source, index) : undefined
    default:
      return undefined
  }
}

function ofClass(source: string, at: number): Edit | undefined {
  const name = /^class\s+([\w$]+)/.exec(source.slice(at, at + 1000))?.[1]
  const begins =
    startsLine(source, at) || EXPORT_BEFORE.test(source.slice(Math.max(0, at - 40), at))
  if (!begins || name === undefined || name === 'extends') return undefined
  return { at, text: 'class', shown: `var ${name}=class` }
}

const EXPORT_BEFORE = /\bexport\s+(?:default\s+)?$/

function ofExport(source: string, at: number): Edit {
  const rest = source.slice(at)
  const list = EXPORTED.exec(rest)?.[0]
  if (list !== undefined) return { at, text: list, shown: list.replaceAll(/[^\n]/g, ' ') }
  const head = DEFAULT.exec(rest)?.[0]
  const text = head ?? 'export'
  const isValue = head !== undefined && !NAMED.test(rest.slice(head.length).trimStart())
  // Behind a comma a brace begins no block.
  return {
    at,
    text,
    shown: isValue ? text.replaceAll(/[^\n]/g, ' ').slice(0, -2) + '0,' : ' '.repeat(text.length),
  }
}

/** Of a `return` with statements behind it only the parser says what is wrong. */
function ofReturn(source: string, at: number): Edit | undefined {
  const rest = source.slice(at)
  if (/\n[\w$]/.test(rest)) return undefined
  const text = RETURN.exec(rest)![0]
  const isEmpty = /^(?:;|\s|$)/.test(rest.slice(text.length))
  return { at, text, shown: (isEmpty ? '' : '0,').padEnd(text.length) }
}

/** A statement can only begin at the start of a line or behind a semicolon or a block. */
function startsLine(source: string, index: number): boolean {
  for (let at = index - 1; at >= 0; at--) {
    if (source[at] === ' ' || source[at] === '\t') continue
    return /[;}\n]/.test(source[at]!)
  }
  return true
}

function placeOf(source: string, at: number): Omit<Moved, 'by'> {
  const before = source.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}
