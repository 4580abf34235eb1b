/** A place in a text, where something else was expected. */
export class JsonFault extends Error {
  readonly at: number
  readonly expected: string
  readonly found: string

  constructor(at: number, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.at = at
    this.expected = expected
    this.found = found
  }
}

/** An object that was read, and where its parts stand. */
export interface JsonRead {
  readonly value: Record<string, unknown>
  /** Path, as `a.b[0]`, to the offset of the value. */
  readonly places: ReadonlyMap<string, number>
  /** Offset behind it. */
  readonly end: number
}

const DEEPEST = 32
const REFUSED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const SPACE = /[ \t\r\n]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
// oxlint-disable-next-line no-control-regex -- JSON has none of them in a text
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const NEXT = /[A-Za-z_$][\w$-]*|[\s\S]?/y

/**
 * Reads one JSON object out of a text, more strictly than `JSON.parse`: each key once, none that means something to
 * JavaScript, at most 32 levels.
 * @throws JsonFault with the offset
 */
export function readJsonAt(text: string, start: number): JsonRead {
  return new Reader(text, start).read()
}

class Reader {
  readonly #text: string
  readonly #places = new Map<string, number>()
  #at: number
  #depth = 0

  constructor(text: string, start: number) {
    this.#text = text
    this.#at = start
  }

  read(): JsonRead {
    this.#space()
    if (this.#text[this.#at] !== '{') throw this.#fault("an object in '{ }'")
    const value = this.#object('')
    return { value, places: this.#places, end: this.#at }
  }

  #value(path: string): unknown {
    this.#space()
    this.#places.set(path, this.#at)
    const char = this.#text[this.#at]
    if (char === '{') return this.#object(path)
    if (char === '[') return this.#array(path)
    if (char === '"') return this.#string()
    return this.#plain()
  }

  #object(path: string): Record<string, unknown> {
    const found: Record<string, unknown> = {}
    this.#inside('}', () => {
      const at = this.#at
      const key = this.#key()
      if (REFUSED.has(key)) throw new JsonFault(at, 'another key', `'${key}'`)
      if (Object.hasOwn(found, key)) throw new JsonFault(at, 'each key once', `'${key}' twice`)
      this.#take(':', "':' behind the key")
      found[key] = this.#value(path === '' ? key : `${path}.${key}`)
    })
    return found
  }

  #array(path: string): unknown[] {
    const found: unknown[] = []
    this.#inside(']', () => void found.push(this.#value(`${path}[${found.length}]`)))
    return found
  }

  /** What stands between brackets, separated by commas. */
  #inside(close: string, one: () => void): void {
    if (++this.#depth > DEEPEST) throw this.#fault(`at most ${DEEPEST} levels`, 'one more')
    this.#at++
    this.#space()
    if (this.#text[this.#at] !== close) {
      for (let more = true; more;) {
        one()
        more = this.#take(/[,\]}]/, `',' or '${close}'`, close) === ','
        this.#space()
      }
    } else this.#at++
    this.#depth--
  }

  #key(): string {
    if (this.#text[this.#at] !== '"') throw this.#fault('a key in double quotes')
    return this.#string()
  }

  #take(wanted: string | RegExp, expected: string, close?: string): string {
    this.#space()
    const char = this.#text[this.#at] ?? ''
    const fits = typeof wanted === 'string' ? char === wanted : char === ',' || char === close
    if (!fits) throw this.#fault(expected)
    this.#at++
    return char
  }

  #string(): string {
    const written = this.#match(TEXT)
    if (written === undefined) {
      throw this.#fault(
        'text in double quotes, on one line',
        'text that does not end, or a wrong escape',
      )
    }
    const value = JSON.parse(written) as string
    if (!value.isWellFormed()) throw this.#fault('well-formed text', 'a lone surrogate')
    this.#at += written.length
    return value
  }

  #plain(): unknown {
    const written = this.#match(WORD) ?? this.#match(NUMBER)
    if (written === undefined) throw this.#fault('a value')
    const value = JSON.parse(written) as unknown
    if (typeof value === 'number' && !Number.isFinite(value)) throw this.#fault('a finite number')
    this.#at += written.length
    return value
  }

  #space(): void {
    this.#at += this.#match(SPACE)!.length
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0]
  }

  #fault(expected: string, found = this.#next()): JsonFault {
    return new JsonFault(this.#at, expected, found)
  }

  #next(): string {
    const next = this.#match(NEXT)!
    return next === '' ? 'the end' : JSON.stringify(next.slice(0, 40))
  }
}
