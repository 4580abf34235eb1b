import { REF, SpellError, checkValue, unsupported } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import type { Place } from './place.ts'

/** A step of a path: a key or an index. */
export type Step = string | number
/** What the guest sends beside plain data: bytes (`b`), a handle (`h`), a stream (`s`), a function (`f`), nothing (`u`). */
export type Mark =
  | readonly ['b', readonly Step[], number]
  | readonly ['h', readonly Step[], string, string]
  | readonly ['s', readonly Step[], string]
  | readonly ['f', readonly Step[], number]
  | readonly ['u', readonly Step[]]

type Tree = Record<Step, unknown>

/** Takes what the guest sends. */
export interface Taker {
  /** Names of the values, for messages. */
  readonly names: readonly string[]
  bytes(index: number): Uint8Array
  /** A function at a place where one may stand. */
  callback(id: number, place: Place): void
}

const LONGEST = 8 * 1024 * 1024

/** A text of the guest as data. The guest may have sent anything. @throws VALUE_UNSUPPORTED, VALUE_TOO_LARGE */
export function parseGuest(text: string): unknown {
  if (text.length > LONGEST) throw tooLarge()
  try {
    return JSON.parse(text)
  } catch {
    throw unsupported('value', 'text that is no JSON')
  }
}

function tooLarge(): SpellError {
  return new SpellError('VALUE_TOO_LARGE', 'The value is too large for one call.', {
    hint: 'Send it in parts, or as a file.',
  })
}

/**
 * Arguments or a result of the guest as the host wants them: marks become bytes and references, described names
 * snake_case, everything is checked.
 */
export function take(
  tree: unknown,
  marks: readonly Mark[],
  places: readonly (Place | undefined)[],
  taker: Taker,
): (Value | undefined)[] {
  const values = checkValue(tree, { path: 'value', refs: false }) as unknown[]
  const renamed = values.map((value, i) => rename(value, places[i]))
  if (marks.length === 0) return renamed as Value[]
  for (const mark of marks) apply(renamed, mark, places, taker)
  return renamed.map((value) => checkValue(value) as Value | undefined)
}

/** The same value with described names. */
function rename(value: unknown, place: Place | undefined): unknown {
  if (!place || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, i) => rename(item, place.item(i)))
  const named: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const name = place.names.get(key) ?? key
    named[name] = rename(item, place.property(name))
  }
  return named
}

function apply(
  values: unknown[],
  mark: Mark,
  places: readonly (Place | undefined)[],
  taker: Taker,
): void {
  const [first, ...rest] = mark[1]
  let holder = values as unknown as Tree
  let key: Step = Number(first)
  let place = places[key]
  for (const step of rest) {
    holder = Object.hasOwn(holder, key) ? (holder[key] as Tree) : {}
    key = typeof step === 'number' ? step : (place?.names.get(step) ?? step)
    place = typeof step === 'number' ? place?.item(step) : place?.property(key as string)
    if (typeof holder !== 'object' || holder === null) throw unsupported('value', 'a wrong path')
  }
  if (!Object.hasOwn(holder, key)) throw unsupported('value', 'a wrong path')
  holder[key] = referenceOf(mark, place, taker)
}

function referenceOf(mark: Mark, place: Place | undefined, taker: Taker): unknown {
  switch (mark[0]) {
    case 'b':
      return taker.bytes(mark[2])
    case 'h':
      return {
        [REF]: 'handle',
        type: String(mark[2]).split('.').pop()!,
        id: String(mark[3]),
        fields: {},
      }
    case 's':
      return { [REF]: 'stream', id: String(mark[2]) }
    case 'u':
      return undefined
    case 'f':
      if (!place?.callback) throw unsupported(pathOf(mark[1], taker.names), 'a function')
      taker.callback(mark[2], place)
      return { [REF]: 'callback', id: mark[2], ...keepsOf(place) }
    default:
      throw unsupported('value', 'a reference of an unknown kind')
  }
}

function keepsOf({ callback }: Place): { readonly keeps?: string } {
  const { keeps } = callback!['x-callback'] as { readonly keeps?: string }
  return keeps === undefined ? {} : { keeps }
}

function pathOf([first, ...steps]: readonly Step[], names: readonly string[]): string {
  const root = names[Number(first)] ?? `argument ${Number(first) + 1}`
  return steps.reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}.${step}`),
    root,
  )
}
