import { setImmediate } from 'node:timers/promises'
import type { OpenFile } from '@llmspell/sdk'
import type { FileSearchResult } from './generated/output.ts'
import { linesOf } from './lines.ts'
import type { Line } from './lines.ts'
import type { Finder } from './pattern.ts'

export type Match = FileSearchResult['matches'][number]

const MAX_TEXT = 1000
/** How long lines are searched before others get their turn. In ms. */
const TURN = 10

interface Found {
  readonly match: Match & { readonly before?: string[]; readonly after?: string[] }
  missing: number
}

/** The lines of a file that match, each once it has the lines after it. */
export async function* matchesIn(
  file: OpenFile,
  find: Finder,
  context: number,
): AsyncGenerator<Match> {
  const window = new Window(file.path, context)
  let turn = performance.now()
  for await (const lines of linesOf(file)) {
    for (const line of lines) {
      window.push(line, find(line.text))
      yield* window.complete()
      if (performance.now() - turn > TURN) turn = await setImmediate(performance.now())
    }
  }
  yield* window.rest()
}

/** Keeps the lines before and waits for the lines after a match. */
class Window {
  readonly #path: string
  readonly #context: number
  readonly #before: string[] = []
  readonly #open: Found[] = []
  #last = 0

  constructor(path: string, context: number) {
    this.#path = path
    this.#context = context
  }

  push(line: Line, at: number): void {
    const first = line.start === 0
    if (first) for (const found of this.#open) follow(found, line)
    // One line is one match, in however many parts it comes.
    if (at >= 0 && line.number !== this.#last) {
      this.#last = line.number
      this.#open.push(found(this.#path, line, at, this.#before, this.#context))
    }
    if (!first || this.#context === 0) return
    if (this.#before.push(shortened(line.text, 0)) > this.#context) this.#before.shift()
  }

  *complete(): Generator<Match> {
    while (this.#open[0]?.missing === 0) yield this.#open.shift()!.match
  }

  *rest(): Generator<Match> {
    for (const { match } of this.#open.splice(0)) yield match
  }
}

function found(
  path: string,
  { number, start, text }: Line,
  at: number,
  before: readonly string[],
  context: number,
): Found {
  const match = { path, line: number, column: start + at + 1, text: shortened(text, at) }
  if (context === 0) return { match, missing: 0 }
  return { match: { ...match, before: [...before], after: [] }, missing: context }
}

function follow(found: Found, { text }: Line): void {
  found.match.after!.push(shortened(text, 0))
  found.missing--
}

/** Cut to what is around the match. */
function shortened(text: string, at: number): string {
  if (text.length <= MAX_TEXT) return text
  const start = Math.min(Math.max(0, at - 100), text.length - MAX_TEXT)
  const end = start + MAX_TEXT
  const cut = text.slice(start, end).toWellFormed()
  return `${start > 0 ? '…' : ''}${cut}${end < text.length ? '…' : ''}`
}
