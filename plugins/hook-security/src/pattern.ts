import { SpellError, printable } from '@llmspell/sdk'
import type { RE2JS } from 're2js'

/** A place in a text. */
export type Span = readonly [start: number, end: number]

/** Characters on each side of a word that a pattern is tried in: longer than any of ours matches. */
const REACH = 400

/** A pattern that is matched in linear time. Words, where given, say where it is worth trying. */
export class Pattern {
  readonly #re: RE2JS
  readonly #words: readonly string[]
  readonly #group: number

  constructor(re: RE2JS, words: readonly string[] = [], group = 0) {
    this.#re = re
    this.#words = words
    this.#group = group
  }

  /** Places in order; none overlaps another. */
  *places(text: string): Generator<Span> {
    let behind = 0
    for (const window of this.#windows(text)) {
      const from = Math.max(behind, window[0])
      behind = yield* this.#within(text, from, Math.max(from, window[1]))
    }
  }

  /** Gives how far it has looked: where something reaches to the end of a window, further than that. */
  *#within(text: string, from: number, to: number): Generator<Span, number> {
    for (let [begin, end, cut] = [from, to, true]; cut; to = end) {
      const matcher = this.#re.matcher(text.slice(begin, end))
      const [base, last] = [begin, end]
      cut = false
      while (!cut && matcher.find()) {
        cut = base + matcher.end() === last && last < text.length
        const span = [base + matcher.start(this.#group), base + matcher.end(this.#group)] as const
        if (!cut && span[1] > span[0]) yield span
        begin = base + matcher.start()
      }
      if (cut) end = Math.min(text.length, last + (last - begin) + REACH)
    }
    return to
  }

  /** The whole text, or the parts of it around the words. */
  #windows(text: string): readonly Span[] {
    if (this.#words.length === 0) return [[0, text.length]]
    const hits = this.#words.flatMap((word) => hitsOf(text, word)).sort((a, b) => a - b)
    const windows: [number, number][] = []
    for (const hit of hits) {
      const last = windows.at(-1)
      const end = Math.min(text.length, hit + REACH)
      if (last && hit - REACH <= last[1]) last[1] = end
      else windows.push([Math.max(0, hit - REACH), end])
    }
    return windows
  }
}

function hitsOf(text: string, word: string): number[] {
  const hits: number[] = []
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) hits.push(at)
  return hits
}

/** @throws CONFIG_INVALID for what is no pattern of RE2 */
export async function patternOf(
  name: string,
  source: string,
  words?: readonly string[],
  group?: number,
): Promise<Pattern> {
  const { RE2JS: Re2 } = await import('re2js')
  try {
    return new Pattern(Re2.compile(source), words, group)
  } catch (cause) {
    const message = `The pattern of rule '${name}' is not one of RE2: ${printable((cause as Error).message, 200)}.`
    const hint = 'Patterns run in linear time and have no look-around and no back-references.'
    throw new SpellError('CONFIG_INVALID', message, { hint, cause })
  }
}
