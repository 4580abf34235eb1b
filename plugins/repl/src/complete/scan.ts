/** A bracket that is open at the end of a text. */
export interface Frame {
  readonly open: '(' | '{' | '['
  /** What is called or filled: `Agent.create`. */
  readonly callee: string
  /** How many commas stand before the end. */
  at: number
  /** The key that a value is written for. */
  key: string | undefined
  /** Keys that stand there already. */
  readonly keys: string[]
  /** Texts of arguments, by place. */
  readonly texts: (string | undefined)[]
}

/** The end of a text: its open brackets from the outside in, and the string that it ends in. */
export interface End {
  readonly frames: readonly Frame[]
  readonly string: string | undefined
  /** What a string without a bracket is handed to: `Tool.get "…"` of Lua. */
  readonly callee: string
}

const PATH = String.raw`[A-Za-z_$][\w$]*(?:\s*[.:]\s*[A-Za-z_$][\w$]*)*`
const LONG = String.raw`\[(?<level>=*)\[[^]*?(?:\]\k<level>\]|(?<openLong>$))`
const TEXT = /(?<quote>["'`])(?<text>(?:(?!\k<quote>)[^\\]|\\[^])*)(?<closed>\k<quote>)?/.source
const TOKENS = {
  lua: new RegExp(
    String.raw`--\[\[[^]*?(?:\]\]|$)|--[^\n]*|${LONG}|${TEXT}|(?<path>${PATH})|[^]`,
    'gy',
  ),
  javascript: new RegExp(
    String.raw`\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|${TEXT}|(?<path>${PATH})|[^]`,
    'gy',
  ),
}
const CLOSES: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' }

/** Reads a text to its end. It knows no more of a language than its brackets, strings and keys. */
export function endOf(language: 'lua' | 'javascript', source: string): End {
  const frames: Frame[] = []
  const assigns = language === 'lua' ? '=' : ':'
  let callee = ''
  for (const { 0: token, groups = {} } of source.matchAll(TOKENS[language])) {
    if (groups['quote'] !== undefined && groups['closed'] === undefined)
      return { frames, string: groups['text']!, callee }
    if (groups['openLong'] !== undefined) return { frames, string: '', callee: '' }
    const frame = frames.at(-1)
    if (/^\s+$/.test(token)) continue
    if (frame && groups['text'] !== undefined) frame.texts[frame.at] = groups['text']
    if (token === '(' || token === '{' || token === '[') frames.push(opened(token, callee))
    else if (frame && CLOSES[token] === frame.open) frames.pop()
    else if (frame && token === ',') next(frame)
    else if (frame && token === assigns && callee !== '') setKey(frame, callee)
    callee = groups['path']?.replaceAll(/\s/g, '') ?? ''
  }
  return { frames, string: undefined, callee }
}

function opened(open: Frame['open'], callee: string): Frame {
  return { open, callee, at: 0, key: undefined, keys: [], texts: [] }
}

function next(frame: Frame): void {
  frame.at++
  frame.key = undefined
}

function setKey(frame: Frame, key: string): void {
  frame.key = key
  frame.keys.push(key)
}
