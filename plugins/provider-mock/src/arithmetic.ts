/** Arithmetic found in a text: as it was written, and as a calculator takes it. */
export interface Sum {
  readonly written: string
  readonly expression: string
}

interface Token {
  readonly kind:
    | 'number'
    | 'operator'
    | 'open'
    | 'close'
    | 'comma'
    | 'function'
    | 'percent'
    | 'power'
  readonly value: string
  readonly start: number
  readonly end: number
}

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?/y],
  ['percent', /(?:%|percent)\s+of\b/iy],
  ['power', /(?:squared|cubed)\b/iy],
  [
    'operator',
    /\*\*|[+\-*/^%×÷−]|(?:plus|minus|times|multiplied by|divided by|to the power of|x)\b/iy,
  ],
  ['function', /(?:sqrt|abs|round|floor|ceil|min|max|sin|cos|tan|log|ln|exp)(?=\()/iy],
  ['open', /\(/y],
  ['close', /\)/y],
  ['comma', /,/y],
]

const OPERATORS: Readonly<Record<string, string>> = {
  '**': '^',
  '×': '*',
  '÷': '/',
  '−': '-',
  plus: '+',
  minus: '-',
  times: '*',
  x: '*',
  'multiplied by': '*',
  'divided by': '/',
  'to the power of': '^',
}

// Dates, times and versions look like sums.
const NO_SUM = /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}:\d{2}\b|\bv?\d+(?:\.\d+){2,}\b/g

/** Nobody writes longer sums, and reading them takes the square of the time. */
const LONGEST = 400

/** The sums in a text: `17% of 3480`, `12 * (3+4)`, `2^10 plus 5`. A number alone is none. */
export function findSums(text: string): readonly Sum[] {
  const clean = text.replaceAll(NO_SUM, (found) => '_'.repeat(found.length))
  return runs(clean).flatMap((tokens) => sumsOf(tokens, clean))
}

function runs(text: string): readonly (readonly Token[])[] {
  const all: Token[][] = [[]]
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at)
    if (token) all.at(-1)!.push(token)
    else if (!/\s/.test(text[at]!)) all.push([])
    at = token?.end ?? skip(text, at)
  }
  return all.filter((tokens) => tokens.length > 1 && tokens.length <= LONGEST)
}

/** A word is skipped whole, so that its letters and digits are no tokens. */
function skip(text: string, at: number): number {
  const word = /[\p{L}_][\p{L}\d_]*/uy
  word.lastIndex = at
  return at + (word.exec(text)?.[0].length ?? 1)
}

function tokenAt(text: string, start: number): Token | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start
    const value = pattern.exec(text)?.[0]
    if (value !== undefined) return { kind, value, start, end: start + value.length }
  }
  return undefined
}

function sumsOf(tokens: readonly Token[], text: string): readonly Sum[] {
  const sums: Sum[] = []
  for (let at = 0; at < tokens.length;) {
    const reader = new Reader(tokens, at)
    const expression = reader.sum()
    if (expression !== undefined && reader.works > 0) {
      const written = text.slice(tokens[at]!.start, tokens[reader.at - 1]!.end)
      sums.push({ written, expression: expression.replace(/^\(([^()]*)\)$/, '$1') })
    }
    at = Math.max(at + 1, expression === undefined ? 0 : reader.at)
  }
  return sums
}

/** Reads the longest sum that starts at a token. */
class Reader {
  readonly #tokens: readonly Token[]
  at: number
  /** Operations read. */
  works = 0

  constructor(tokens: readonly Token[], at: number) {
    this.#tokens = tokens
    this.at = at
  }

  sum(): string | undefined {
    let left = this.#signed()
    while (left !== undefined) {
      const before = this.at
      const operator = this.#take('operator')
      const right = operator && this.#signed()
      if (!operator || right === undefined) {
        this.at = before
        break
      }
      left = `${left} ${OPERATORS[operator.value.toLowerCase()] ?? operator.value} ${right}`
      this.works += 1
    }
    return left
  }

  #signed(): string | undefined {
    const next = this.#tokens[this.at]
    if (next?.kind !== 'operator' || !/^[-−]$/.test(next.value)) return this.#powered()
    this.at += 1
    const value = this.#powered()
    return value === undefined ? undefined : `-${value}`
  }

  #powered(): string | undefined {
    const value = this.#primary()
    const power = value === undefined ? undefined : this.#take('power')
    if (!power) return value
    this.works += 1
    return `${value} ^ ${power.value.toLowerCase() === 'squared' ? 2 : 3}`
  }

  #primary(): string | undefined {
    const number = this.#take('number')
    if (number) return this.#percent(number.value.replaceAll(',', ''))
    const name = this.#take('function')
    if (!this.#take('open')) return undefined
    const inner = this.#list(name !== undefined)
    if (inner === undefined || !this.#take('close')) return undefined
    if (name) this.works += 1
    return `${name?.value.toLowerCase() ?? ''}(${inner})`
  }

  #percent(number: string): string | undefined {
    const before = this.at
    if (!this.#take('percent')) return number
    const whole = this.#primary()
    if (whole === undefined) {
      this.at = before
      return number
    }
    this.works += 1
    return `(${number} * ${whole} / 100)`
  }

  #list(many: boolean): string | undefined {
    const items = [this.sum()]
    while (many && this.#take('comma')) items.push(this.sum())
    return items.includes(undefined) ? undefined : items.join(', ')
  }

  #take(kind: Token['kind']): Token | undefined {
    const token = this.#tokens[this.at]
    if (token?.kind !== kind) return undefined
    this.at += 1
    return token
  }
}
