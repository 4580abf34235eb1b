import { encodedTexts } from './encoded.ts'
import type { PatternRow } from './generated/config.ts'
import { MARKERS } from './injections.ts'
import { normalised } from './normal.ts'
import { patternOf } from './pattern.ts'
import type { Pattern, Span } from './pattern.ts'
import { SECRETS } from './secrets.ts'

/** What was found, and where in the text as it is. */
export interface Finding {
  readonly rule: string
  readonly start: number
  readonly end: number
}

interface Rule {
  readonly name: string
  readonly pattern: Pattern
  readonly isOne?: ((found: string) => boolean) | undefined
}

/** Base64 within base64. */
const DEEPEST = 2
/** A flag of a country takes at most five of them. */
const TAGS = /[\u{E0020}-\u{E007E}]{8,}/gu

/** Finds what rules describe. The work grows with the length of a text, whatever stands in it. */
export class Detector {
  readonly #asItReads: readonly Rule[]
  readonly #asItIs: readonly Rule[]

  private constructor(asItReads: readonly Rule[], asItIs: readonly Rule[]) {
    this.#asItReads = asItReads
    this.#asItIs = asItIs
  }

  /** @throws CONFIG_INVALID */
  static async create(own: readonly PatternRow[] = []): Promise<Detector> {
    const markers = MARKERS.map(async ({ name, words, pattern }) => {
      return { name, pattern: await patternOf(name, pattern, words) }
    })
    const secrets = SECRETS.map(async ({ name, words, pattern, group, isOne }) => {
      return { name, isOne, pattern: await patternOf(name, pattern, words, group) }
    })
    const rows = (plain: boolean) =>
      own
        .filter((row) => (row.plain ?? false) === plain)
        .map(async ({ name, pattern }) => ({ name, pattern: await patternOf(name, pattern) }))
    const asItReads = await Promise.all([...markers, ...rows(false)])
    return new Detector(asItReads, await Promise.all([...secrets, ...rows(true)]))
  }

  /** In the order of the text. */
  find(text: string): readonly Finding[] {
    return this.#within(text, 0).toSorted((a, b) => a.start - b.start || b.end - a.end)
  }

  #within(text: string, depth: number): Finding[] {
    const found = [...hidden(text), ...this.#read(text), ...this.#plain(text)]
    if (depth === DEEPEST) return found
    for (const encoded of encodedTexts(text)) {
      const [start, end] = encoded.at
      for (const { rule } of this.#within(encoded.text, depth + 1)) found.push({ rule, start, end })
    }
    return found
  }

  #read(text: string): Finding[] {
    const normal = normalised(text)
    return this.#asItReads.flatMap(({ name, pattern }) =>
      [...pattern.places(normal.text)].map((place) => findingOf(name, normal.span(...place))),
    )
  }

  #plain(text: string): Finding[] {
    return this.#asItIs.flatMap(({ name, pattern, isOne }) =>
      [...pattern.places(text)]
        .filter((place) => isOne?.(text.slice(...place)) ?? true)
        .map((place) => findingOf(name, place)),
    )
  }
}

function hidden(text: string): Finding[] {
  return [...text.matchAll(TAGS)].map(({ index, 0: { length } }) =>
    findingOf('injection.hidden', [index, index + length]),
  )
}

function findingOf(rule: string, [start, end]: Span): Finding {
  return { rule, start, end }
}
