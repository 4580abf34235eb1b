const NAME = String.raw`[A-Za-z_]\w*`
const TOKEN = new RegExp(
  [
    String.raw`--\[(?<comment>=*)\[[^]*?(?:\]\k<comment>\]|$)|--[^\n]*`,
    String.raw`\[(?<long>=*)\[[^]*?(?:\]\k<long>\]|$)`,
    String.raw`"(?:[^"\\\n]|\\z\s*|\\[^])*"?|'(?:[^'\\\n]|\\z\s*|\\[^])*'?`,
    `(?<name>${NAME})`,
    String.raw`0[xX][\w.]*|\d[\w.]*`,
    String.raw`[^]`,
  ].join('|'),
  'y',
)
const GAP = String.raw`(?:\s|--\[\[[^]*?\]\]|--(?!\[=*\[)[^\n]*)`
const ATTRIBUTE = String.raw`(?:\s*<\s*const\s*>)?`
const VARIABLES = new RegExp(
  String.raw`local${GAP}+(?<names>${NAME}${ATTRIBUTE}(?:${GAP}*,${GAP}*${NAME}${ATTRIBUTE})*)(?<behind>${GAP}*)(?<sign>[=<]?)`,
  'y',
)
const FUNCTION = /local(?<space>\s+)(?=function\b)/y
const COMMENT = /--\[\[[^]*?\]\]|--[^\n]*/g
const ITS_FUNCTION = new RegExp(`${GAP}*function\\b`, 'y')
const OPENS: ReadonlySet<string> = new Set(['function', 'do', 'if', 'repeat'])
const CLOSES: ReadonlySet<string> = new Set(['end', 'until'])

/**
 * The entry of a REPL with names that the next entry can see: outside of all blocks `local x = 1` becomes `x = 1`. Lines stay
 * where they are. What would mean something else as a global stays local: a variable that is to be closed, a name that is
 * declared twice, and one that its own function uses for what had the name before.
 */
export function persistentLocals(source: string): string {
  const once = new Map<string, number>()
  for (const { names } of declarations(source))
    for (const name of names) once.set(name, (once.get(name) ?? 0) + 1)
  let result = ''
  let done = 0
  for (const { at, text, shown, names, keeps } of declarations(source)) {
    if (keeps || names.some((name) => once.get(name)! > 1)) continue
    result += source.slice(done, at) + shown
    done = at + text.length
  }
  return result + source.slice(done)
}

interface Declaration {
  readonly text: string
  /** How it stands as one of globals. */
  readonly shown: string
  readonly names: readonly string[]
  /** True where it has to stay as it is. */
  readonly keeps: boolean
}

/** Those outside of all blocks. */
function* declarations(source: string): Generator<Declaration & { readonly at: number }> {
  let depth = 0
  for (let at = 0; at < source.length;) {
    const found = depth === 0 ? declared(source, at) : undefined
    if (found) yield { ...found, at }
    const text = found?.text ?? tokenAt(source, at)
    if (!found) depth = Math.max(0, depth + step(text))
    at += text.length
  }
}

function step(token: string): number {
  if (OPENS.has(token)) return 1
  return CLOSES.has(token) ? -1 : 0
}

function tokenAt(source: string, at: number): string {
  TOKEN.lastIndex = at
  return TOKEN.exec(source)![0]
}

function declared(source: string, at: number): Declaration | undefined {
  if (!source.startsWith('local', at) || /[\w.:]/.test(source[at - 1] ?? '')) return undefined
  const fn = match(FUNCTION, source, at)
  if (fn) {
    const name = /^\s*function\s+(\w+)/.exec(source.slice(at + fn[0].length, at + 1000))?.[1]
    return { text: fn[0], shown: fn.groups!['space']!, names: name ? [name] : [], keeps: false }
  }
  const found = match(VARIABLES, source, at)
  if (!found || found.groups!['sign'] === '<') return undefined
  const { names, behind, sign } = found.groups as Record<'names' | 'behind' | 'sign', string>
  const plain = names.replaceAll(/\s*<\s*const\s*>/g, '')
  const lines = '\n'.repeat(linesOf(found[0]) - linesOf(plain) - linesOf(behind))
  const shown = `${lines}${plain}${sign === '' ? ' = nil' : ''}${behind}${sign}`
  const all = plain.replaceAll(COMMENT, '').match(/\w+/g)!
  const keeps = sign === '=' && usesItself(source, at + found[0].length, all)
  return { text: found[0], shown, names: all, keeps }
}

/** Whether the function that a variable begins with has its name inside. */
function usesItself(source: string, at: number, names: readonly string[]): boolean {
  const begins = match(ITS_FUNCTION, source, at)
  if (!begins) return false
  let [depth, before] = [1, '']
  for (let i = at + begins[0].length; i < source.length && depth > 0;) {
    const token = tokenAt(source, i)
    if (names.includes(token) && !/(?:^|[^.])[.:]$/.test(before)) return true
    depth += step(token)
    if (token.trim() !== '') before = (before + token).slice(-2)
    i += token.length
  }
  return false
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(source) ?? undefined
}

const linesOf = (text: string): number => text.split('\n').length - 1
