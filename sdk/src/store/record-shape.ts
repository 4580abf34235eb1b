import type { AdoptedRun } from '../contracts/executor.ts'
import { REF } from '../values.ts'

type Table = Readonly<Record<string, unknown>>
type Fits = (value: unknown) => boolean
type Body = AdoptedRun['records'][number]

const MAX_DEPTH = 80
const HASH = /^[0-9a-f]{64}$/
const RUN_ID = /^[A-Za-z0-9._:-]{1,128}$/

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText: Fits = (value) => typeof value === 'string' && value.isWellFormed()
const isNumber: Fits = (value) => typeof value === 'number' && Number.isFinite(value)
const isCount: Fits = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isHash: Fits = (value) => typeof value === 'string' && HASH.test(value)
/** Up to the year 9999: what is shown of it has four digits. */
const isMoment: Fits = (value) =>
  isNumber(value) && (value as number) >= 0 && (value as number) <= 253_402_300_799_999
const oneOf = (...words: readonly string[]): Fits => {
  const known: ReadonlySet<unknown> = new Set(words)
  return (value) => known.has(value)
}
const maybe =
  (fits: Fits): Fits =>
  (value) =>
    value === undefined || fits(value)
const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits)
const tableOf =
  (fits: Fits): Fits =>
  (value) =>
    isTable(value) && Object.values(value).every(fits)
const shape =
  (fields: Readonly<Record<string, Fits>>): Fits =>
  (value) =>
    isTable(value) && Object.entries(fields).every(([name, fits]) => fits(value[name]))

const isJson: Fits = (value) => value !== undefined
const isStored: Fits = (value) => {
  if (!isTable(value)) return false
  if ('inline' in value) return isJson(value['inline']) && !('blob' in value)
  return isHash(value['blob']) && isCount(value['bytes'])
}

/** @param value a failure as a record or a row holds it */
export function isErrorShape(value: unknown): boolean {
  for (let error = value, depth = 0; ; depth++) {
    if (!isFailure(error) || depth > MAX_DEPTH) return false
    const { cause } = error as Table
    if (cause === undefined) return true
    error = cause
  }
}

const isFailure = shape({
  code: isText,
  message: isText,
  hint: maybe(isText),
  where: maybe(shape({ file: isText, line: isNumber, column: maybe(isNumber) })),
  trace: maybe(isText),
})

const isSettled: Fits = (value) =>
  isTable(value) &&
  (value['ok'] === true
    ? isStored(value['value'])
    : value['ok'] === false && isErrorShape(value['error']))

/** Its text is looked for under the hash: there it is, or not. */
const isDefinition = shape({
  name: isText,
  hash: isText,
  engine: (value) => value === 'native' || shape({ id: isText, version: isText })(value),
})

const isDecision: Fits = (value) => {
  if (!isTable(value)) return false
  if (value['as'] === 'done') return isJson(value['value'])
  if (value['as'] === 'failed') return isText(value['reason'])
  return oneOf('retry', 'skip')(value['as'])
}

const isTimer = shape({ bootId: isText, monoMs: isNumber, wallMs: isNumber, delayMs: isNumber })

/** What a loop left behind of its old rounds. */
const isRound: Fits = (value) =>
  isStored(value) &&
  shape({ inline: shape({ round: isCount, seq: isCount, random: listOf(isNumber) }) })(value)

const KINDS: Readonly<Record<string, Fits>> = {
  begin: shape({
    definition: isDefinition,
    input: isStored,
    seed: isText,
    executor: isText,
    tenant: isText,
  }),
  intent: shape({ seq: isCount, process: isText, args: isText }),
  call: shape({
    seq: isCount,
    name: isText,
    args: isStored,
    effect: oneOf('pure', 'idempotent', 'unsafe', 'composed'),
    settled: isSettled,
    chunks: maybe(isStored),
    attempts: isCount,
    ms: isNumber,
    usage: maybe(tableOf(isNumber)),
  }),
  callback: shape({ ref: isNumber, args: isStored, within: maybe(isText) }),
  arrival: shape({
    from: oneOf('signal', 'event'),
    name: isText,
    value: isStored,
    by: maybe(isText),
  }),
  timer: shape({ timer: isTimer }),
  fired: () => true,
  mark: shape({ label: isText, data: maybe(isStored) }),
  cancel: shape({ code: oneOf('CANCELLED', 'TIMEOUT'), reason: isText }),
  decision: shape({ decision: isDecision, by: isText }),
  pruned: shape({ from: isCount, state: isRound, last: isText }),
  end: shape({
    outcome: (value) => isSettled(value) || shape({ cancelled: isText })(value),
  }),
}

const isPlaced = shape({ path: isText, at: isMoment })

/** True for the body of a record as a journal writes it, whoever wrote this one. */
export function isRecordShape(body: unknown): body is Body {
  if (!isTable(body) || typeof body['kind'] !== 'string' || !isPlaced(body)) return false
  return Object.hasOwn(KINDS, body['kind']) && KINDS[body['kind']]!(body)
}

/** True for what a row says of a run, whoever wrote it. */
export const isRunShape: (run: unknown) => run is Omit<AdoptedRun, 'records'> = shape({
  runId: (value) => typeof value === 'string' && RUN_ID.test(value),
  status: oneOf('succeeded', 'failed', 'cancelled', 'paused'),
  reason: maybe(isErrorShape),
  definition: isDefinition,
  labels: maybe(tableOf(isText)),
  createdAt: (value) => isCount(value) && isMoment(value),
  endedAt: maybe((value) => isCount(value) && isMoment(value)),
}) as never

/** True for what a script's run is begun with. */
export const isInputShape: Fits = shape({
  args: maybe(listOf(isText)),
  root: isText,
  settings: maybe(isTable),
  limits: maybe(tableOf(isNumber)),
  engine: isText,
  seed: maybe(isText),
})

const isBase64: Fits = (value) =>
  typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)

/** What JSON has no word for, in tagged tables: how each of them looks. */
const TAGS: Readonly<Record<string, Fits>> = {
  nothing: () => true,
  'minus-zero': () => true,
  bytes: shape({ base64: isBase64 }),
  long: shape({ length: isCount, sha256: isText }),
  seen: shape({ labels: listOf(isText), value: isJson }),
  handle: shape({ type: isText, id: isText, fields: maybe(isTable) }),
  stream: shape({ id: isText }),
  callback: shape({ id: isNumber, keeps: maybe(isText) }),
}
/** Which of them belong where: to plain tables, to the state of scripts, to what a run gave, to all that a journal keeps. */
export const VALUE_TAGS = {
  plain: new Set<string>(),
  state: new Set(['bytes']),
  result: new Set(['nothing', 'minus-zero', 'bytes']),
  journal: new Set(Object.keys(TAGS)),
} as const

const REFUSED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** True for a value that can be read back: no deeper than values are, its tagged tables among those that belong there. */
export function isValueShape(value: unknown, tags: ReadonlySet<string>, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return value !== undefined
  if (depth > MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isValueShape(item, tags, depth + 1))
  const keys = Object.keys(value)
  if (keys.some((key) => REFUSED.has(key) || !key.isWellFormed())) return false
  const tag = (value as Table)[REF]
  if (tag !== undefined && !isTagged(tag, value, tags)) return false
  return keys.every((key) => isValueShape((value as Table)[key], tags, depth + 1))
}

function isTagged(tag: unknown, value: object, tags: ReadonlySet<string>): boolean {
  return typeof tag === 'string' && tags.has(tag) && TAGS[tag]!(value)
}
