/** A place in the scope: `steps.a.output.list.1` as its segments. */
export interface Reference {
  readonly path: readonly [string, ...string[]]
  /** As written between the braces, for messages. */
  readonly source: string
}

interface TemplateError {
  /** Offset of the opening braces in the text. */
  readonly at: number
  readonly source: string
  readonly message: string
}

export interface Template {
  /** Literal texts and references in their order. */
  readonly parts: readonly (string | Reference)[]
  /** Set when the text is one reference and nothing else: its value keeps its type. */
  readonly only?: Reference
  /** Empty for a text that the checker lets through. */
  readonly errors: readonly TemplateError[]
}

const OPEN = '{{'
const CLOSE = '}}'
const SEGMENT = /(?:^|(?<=.)\.)([^\s.[\]{}"']+)|\["([^"\n]+)"\]/y

/** `\{{` stands for two literal braces; `["a b"]` for a segment that is no plain word. */
export function parseTemplate(text: string): Template {
  const parts: (string | Reference)[] = []
  const errors: TemplateError[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const open = text.indexOf(OPEN, at)
    if (open < 0) break
    if (text[open - 1] === '\\') {
      literal += text.slice(at, open - 1) + OPEN
      at = open + OPEN.length
      continue
    }
    const close = text.indexOf(CLOSE, open + OPEN.length)
    if (close < 0) {
      errors.push({ at: open, source: excerpt(text.slice(open)), message: 'is never closed' })
      break
    }
    literal += text.slice(at, open)
    if (literal !== '') parts.push(literal)
    literal = ''
    const parsed = parseReference(text.slice(open + OPEN.length, close), open)
    if ('message' in parsed) errors.push(parsed)
    else parts.push(parsed)
    at = close + CLOSE.length
  }
  literal += text.slice(at)
  if (literal !== '') parts.push(literal)
  return finish(parts, errors)
}

function finish(parts: Template['parts'], errors: Template['errors']): Template {
  const [first] = parts
  const only = parts.length === 1 && typeof first === 'object' ? first : undefined
  return errors.length === 0 && only !== undefined ? { parts, only, errors } : { parts, errors }
}

function parseReference(inside: string, at: number): Reference | TemplateError {
  const source = inside.trim()
  if (source === '') return { at, source: '{{}}', message: 'names nothing' }
  const path: string[] = []
  SEGMENT.lastIndex = 0
  while (SEGMENT.lastIndex < source.length) {
    const match = SEGMENT.exec(source)
    if (match === null) break
    path.push((match[1] ?? match[2])!)
  }
  const [head, ...rest] = path
  if (head === undefined || SEGMENT.lastIndex !== source.length) {
    return { at, source: excerpt(`{{${source}}}`), message: 'is no path of names and dots' }
  }
  return { path: [head, ...rest], source }
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
