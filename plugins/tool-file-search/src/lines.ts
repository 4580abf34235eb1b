import type { OpenFile } from '@llmspell/sdk'

/**
 * A line longer than this goes on as a further part of itself, in characters: with the size of a
 * pattern it bounds how long nothing else happens.
 */
const MAX_PART = 16 * 1024

/** A line, or a part of one, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number
  /** Where in the line the part begins, in characters from 0. */
  readonly start: number
  readonly text: string
}

/** Thrown where a file turns out to be no text. */
export class NoText extends Error {}

/** The lines of a file by groups, as its bytes come. @throws NoText at the first NUL */
export async function* linesOf(file: OpenFile): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder('utf-8')
  const splitter = new Splitter()
  for await (const bytes of file.read({ reuse: true })) {
    if (bytes.includes(0)) throw new NoText()
    yield splitter.push(decoder.decode(bytes, { stream: true }))
  }
  yield [...splitter.push(decoder.decode()), ...splitter.end()]
}

class Splitter {
  #rest = ''
  #number = 1
  #start = 0

  push(text: string): Line[] {
    const parts = (this.#rest + text).split('\n')
    const rest = parts.pop()!
    const lines = parts.flatMap((part) => {
      const taken = this.#taken(part.endsWith('\r') ? part.slice(0, -1) : part)
      this.#number++
      this.#start = 0
      return taken
    })
    const long = rest.length - (rest.length % MAX_PART)
    this.#rest = rest.slice(long)
    return long === 0 ? lines : [...lines, ...this.#taken(rest.slice(0, long))]
  }

  end(): Line[] {
    return this.#rest === '' ? [] : this.#taken(this.#rest)
  }

  /** The parts of a line, at least one. */
  #taken(text: string): Line[] {
    const lines: Line[] = []
    for (let at = 0; at < text.length || at === 0; at += MAX_PART) {
      lines.push({ number: this.#number, start: this.#start, text: text.slice(at, at + MAX_PART) })
      this.#start += Math.min(MAX_PART, text.length - at)
    }
    return lines
  }
}
