import type { ModelRequest, TapedModel } from '@llmspell/sdk'
import { withoutBytes } from './bytes.ts'
import type { Sidecar } from './bytes.ts'
import type { TapedRequest, Verb } from './cassette.ts'
import { mapTexts, ordered, pretty } from './json.ts'

/** What differs from run to run, and what stands in its place. */
export interface Volatile {
  readonly pattern: RegExp | string
  readonly as: string
}

/** What is asked: the part of a request that belongs to a verb. */
export interface Asked {
  readonly call: Verb
  readonly request?: ModelRequest
  readonly texts?: readonly string[]
  /** Which attempt, from 1. */
  readonly attempt?: number | undefined
}

/** A request as a cassette has it. Addresses and settings of the host are left out: they are those of a machine. */
export function tapedRequest(
  model: TapedModel,
  asked: Asked,
  volatile: readonly Volatile[],
  sidecar: Sidecar,
): TapedRequest {
  const { call, request, texts, attempt = 1 } = asked
  const { messages, tools, ...options } = request ?? {}
  const whole = {
    call,
    provider: model.provider,
    model: model.model,
    attempt: attempt === 1 ? undefined : attempt,
    base_url: model.baseUrl && originOf(model.baseUrl),
    settings: filled(model.settings),
    messages,
    tools,
    options: filled(options),
    texts,
  }
  const plain = withoutBytes(whole, sidecar)!
  return inPlace(ordered(mapTexts(plain, (text) => steady(text, volatile))) as TapedRequest)
}

/** The head in one order for the eye, before what is long. */
function inPlace(request: TapedRequest): TapedRequest {
  const { messages, tools, ...head } = request
  return {
    ...head,
    ...(tools === undefined ? {} : { tools }),
    ...(messages === undefined ? {} : { messages }),
  } as TapedRequest
}

function filled(table: object): object | undefined {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined && value !== null)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : address
}

function steady(text: string, volatile: readonly Volatile[]): string {
  return volatile.reduce((whole, { pattern, as }) => whole.replaceAll(pattern, () => as), text)
}

/** The same text for the same request. */
export function keyOf(request: TapedRequest): string {
  return JSON.stringify(ordered(request))
}

/** What was asked, for people: one line. */
export function titleOf({ call, provider, model, messages, texts }: TapedRequest): string {
  const last = (Array.isArray(messages) ? messages.at(-1) : texts) as unknown
  const said = /"text":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(last ?? ''))?.[1] ?? ''
  const short = said.length > 60 ? `${said.slice(0, 57)}...` : said
  return `${call} ${provider}/${model}${short === '' ? '' : `: "${short}"`}`
}

/**
 * An order that does not depend on time: a conversation stands together, each request behind the one that it goes on
 * from, as the messages of the one begin those of the other.
 */
export function byContent(a: TapedRequest, b: TapedRequest): number {
  const [left, right] = [sortKey(a), sortKey(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i]! !== right[i]!) return left[i]! < right[i]! ? -1 : 1
  }
  const later = attemptOf(a) - attemptOf(b)
  return (
    left.length - right.length || later || (keyOf(a) < keyOf(b) ? -1 : Number(keyOf(a) > keyOf(b)))
  )
}

const attemptOf = ({ attempt = 1 }: TapedRequest): number => attempt as number

function sortKey({ provider, model, messages }: TapedRequest): readonly string[] {
  const parts = Array.isArray(messages) ? messages : []
  return [provider, model, ...parts.map((part) => JSON.stringify(part))]
}

/** For a diff: as in the file, with a line for each line of a text. */
export function shown(request: TapedRequest): string {
  return pretty(request).replaceAll(/(?<!\\)\\n(?!")/g, '\\n\n      ')
}
