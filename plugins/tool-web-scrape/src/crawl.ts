import { isSpellError, printable } from '@llmspell/sdk'
import type { ToolCall } from '@llmspell/sdk'
import type { WebScrapeInput } from './generated/input.ts'
import type { WebScrapeResult } from './generated/output.ts'
import type { Visited, Visitor } from './visit.ts'

type Failure = WebScrapeResult['failed'][number]

interface Place {
  readonly url: string
  readonly depth: number
  /** Links lead no further than where the start was. */
  readonly origin: string | undefined
}

export type Found = { readonly page: Visited } | { readonly failure: Failure }

/**
 * The pages in order of distance, each address once. The failure of the only page asked for is thrown; any other is
 * a row.
 */
export async function* crawl(
  visitor: Visitor,
  input: WebScrapeInput,
  call: ToolCall,
): AsyncGenerator<Found> {
  const starts = startsOf(input)
  const queue = starts.map((url): Place => ({ url, depth: 0, origin: URL.parse(url)?.origin }))
  const seen = new Set(starts.map(plainOf))
  for (let count = 0; count < input.limit; count++) {
    const place = queue.shift()
    if (!place) return
    const found = await attempt(visitor, place, call, starts.length === 1 && count === 0)
    yield found
    if (!('page' in found) || place.depth >= input.follow) continue
    seen.add(plainOf(found.page.url))
    queue.push(...fresh(found.page, place, seen))
  }
}

export function startsOf({ url, urls }: WebScrapeInput): readonly string[] {
  const all = url === undefined ? (urls ?? []) : [url, ...(urls ?? [])]
  return [...new Map(all.map((each) => [plainOf(each), each])).values()]
}

async function attempt(
  visitor: Visitor,
  place: Place,
  call: ToolCall,
  only: boolean,
): Promise<Found> {
  try {
    return { page: await visitor.visit(place.url) }
  } catch (error) {
    if (only || call.signal.aborted || !isSpellError(error)) throw error
    const { code, message } = error
    return { failure: { url: printable(place.url, 2000), code, message } }
  }
}

function fresh({ links }: Visited, { depth, origin }: Place, seen: Set<string>): Place[] {
  const places: Place[] = []
  for (const { url } of links) {
    const plain = plainOf(url)
    if (seen.has(plain) || new URL(url).origin !== origin) continue
    seen.add(plain)
    places.push({ url: plain, depth: depth + 1, origin })
  }
  return places
}

/** Without the part that no server sees. */
function plainOf(url: string): string {
  const parsed = URL.parse(url)
  if (!parsed) return url
  parsed.hash = ''
  return parsed.href
}
