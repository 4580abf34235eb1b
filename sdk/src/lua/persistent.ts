const NAME = String.raw`[A-Za-z_]\w*`
const TOKEN = new RegExp(
  [
    String.raw`--\[(?<comment>=*)\[[^]*?(?:\]\k<comment>\]|$)|--[^\n]*`,
    String.raw`\[(?<long>=*)\[[^]*?(?:\]\k<long>\]|$)`,
    String.raw`"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?`,
    `(?<name>${NAME})`,
    String.raw`0[xX][\w.]*|\d[\w.]*`,
    String.raw`[^]`,
  ].join('|'),
  'y',
)
const ATTRIBUTE = String.raw`(?:\s*<\s*const\s*>)?`
const VARIABLES = new RegExp(
  String.raw`local\s+(?<names>${NAME}${ATTRIBUTE}(?:\s*,\s*${NAME}${ATTRIBUTE})*)(?<behind>\s*)(?<sign>[=<]?)`,
  'y',
)
const FUNCTION = /local(?<space>\s+)(?=function\b)/y
const OPENS: ReadonlySet<string> = new Set(['function', 'do', 'if', 'repeat'])
const CLOSES: ReadonlySet<string> = new Set(['end', 'until'])

/**
 * The entry of a REPL with names that the next entry can see: outside of all blocks `local x = 1` becomes `x = 1`. Lines stay
 * where they are. A variable that is to be closed stays local.
 */
export function persistentLocals(source: string): string {
  let result = ''
  let depth = 0
  for (let at = 0; at < source.length;) {
    const found = depth === 0 ? declared(source, at) : undefined
    const [text, shown] = found ?? tokenAt(source, at)
    if (!found) depth = Math.max(0, depth + step(text))
    result += shown
    at += text.length
  }
  return result
}

function step(token: string): number {
  if (OPENS.has(token)) return 1
  return CLOSES.has(token) ? -1 : 0
}

function tokenAt(source: string, at: number): readonly [string, string] {
  TOKEN.lastIndex = at
  const [text] = TOKEN.exec(source)!
  return [text, text]
}

/** A declaration as it stands, and as it is to stand. */
function declared(source: string, at: number): readonly [string, string] | undefined {
  if (!source.startsWith('local', at) || /[\w.:]/.test(source[at - 1] ?? '')) return undefined
  const fn = match(FUNCTION, source, at)
  if (fn) return [fn[0], fn.groups!['space']!]
  const found = match(VARIABLES, source, at)
  if (!found || found.groups!['sign'] === '<') return undefined
  const { names, behind, sign } = found.groups as Record<'names' | 'behind' | 'sign', string>
  const plain = names.replaceAll(/\s*<\s*const\s*>/g, '')
  const lines = '\n'.repeat(linesOf(found[0]) - linesOf(plain) - linesOf(behind))
  return [found[0], `${lines}${plain}${sign === '' ? ' = nil' : ''}${behind}${sign}`]
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(source) ?? undefined
}

const linesOf = (text: string): number => text.split('\n').length - 1
