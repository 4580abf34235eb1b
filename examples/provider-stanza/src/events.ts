import type { ModelSettings } from '@llmspell/sdk'
import { malformed } from './failures.ts'

/** An event of a stream: its name, and the JSON of its data. */
export interface StreamEvent {
  readonly name: string
  readonly data: Readonly<Record<string, unknown>>
}

const MOST_CHARACTERS = 1 << 20

/** Server-sent events, however the bytes are cut. @throws PROVIDER_FAILED where it is something else */
export async function* eventsIn(
  body: AsyncIterable<Uint8Array>,
  model: ModelSettings,
): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n\r?\n/)
    rest = parts.pop()!
    if (rest.length > MOST_CHARACTERS) throw malformed(model, 'an event of more than 1 MiB')
    for (const part of parts) if (!isComment(part)) yield eventOf(part, model)
  }
  // A whole event ends with an empty line: this one may be half.
  if (rest.trim() !== '' && !/^(?:event|data|:)/.test(rest)) throw malformed(model, rest)
}

/** Lines that only keep the connection open. */
const isComment = (part: string): boolean => part.split('\n').every((line) => line.startsWith(':'))

function eventOf(part: string, model: ModelSettings): StreamEvent {
  const fields = part.split(/\r?\n/).map((line) => /^(event|data): ?(.*)$/.exec(line))
  const all = (name: string): string =>
    fields.flatMap((field) => (field?.[1] === name ? [field[2]!] : [])).join('\n')
  return { name: all('event'), data: objectIn(all('data'), part, model) }
}

export function objectIn(text: string, whole: string, model: ModelSettings): StreamEvent['data'] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as StreamEvent['data']
  } catch {
    // What it is instead is said below.
  }
  throw malformed(model, whole)
}
