import { REF } from '@llmspell/sdk'
import {
  isInputShape,
  isRecordShape,
  isRunShape,
  isValueShape,
  MAX_VALUE_BYTES,
  VALUE_TAGS,
} from '@llmspell/sdk/store'
import { ID } from '../errors.ts'
import { damagedFile } from './format.ts'
import type { Item, RecordBody } from './format.ts'

type Table = Readonly<Record<string, unknown>>

const STATUSES: ReadonlySet<unknown> = new Set(['active', 'suspended', 'completed', 'failed'])
const HASH = /^[0-9a-f]{64}$/

/** Whoever wrote the file: nothing of another form gets further. @throws SESSION_FILE_DAMAGED */
export function checkItem(item: Item): void {
  const kind: unknown = item.kind
  const known = typeof kind === 'string' && Object.hasOwn(CHECKS, kind)
  if (!known || !CHECKS[kind]!(item as never)) throw damagedFile('a part that cannot be read')
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown, most = 4096): value is string =>
  typeof value === 'string' && value.length <= most && value.isWellFormed()
const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isMoment = (value: unknown): boolean => isText(value, 40) && !Number.isNaN(Date.parse(value))
const isMaybe = (value: unknown, fits: (value: unknown) => boolean): boolean =>
  value === undefined || fits(value)
const areTexts = (value: unknown, most: number): boolean =>
  Array.isArray(value) && value.length <= most && value.every((one) => isText(one, 255))
/** What is held in memory whole is no larger than a store takes. */
const isHeld = (length: unknown): boolean => isTime(length) && (length as number) <= MAX_VALUE_BYTES
const isPlain = (value: unknown): boolean => isTable(value) && isValueShape(value, VALUE_TAGS.plain)

const CHECKS: Readonly<Record<string, (item: Table) => boolean>> = {
  session: ({ info }) => isTable(info) && isSession(info),
  state: ({ key, value, length, expiresAt }) =>
    isKey(key) &&
    (value === undefined) === (length !== undefined) &&
    isMaybe(length, isHeld) &&
    isMaybe(value, (kept) => isValueShape(kept, VALUE_TAGS.state)) &&
    isMaybe(expiresAt, isTime),
  blob: ({ hash, length }) => isText(hash) && HASH.test(hash) && isHeld(length),
  run: ({ run }) => isRunShape(run),
  record: ({ body }) => isRecordShape(body) && isRecord(body),
  artifact: ({ info }) => isTable(info) && isArtifact(info),
}

/** The records around it are of a shape; here it counts what is in them. */
function isRecord(body: RecordBody): boolean {
  if (!isValueShape(body, VALUE_TAGS.journal)) return false
  if (body.kind === 'begin') return 'inline' in body.input && isInputShape(body.input.inline)
  return body.kind !== 'end' || isValueShape(body, VALUE_TAGS.result)
}

function isSession(info: Table): boolean {
  const { id, name, description, tags, status, runs, custom_metadata: metadata } = info
  const texts = [name, description, info['parent_session_id']].every((text) =>
    isMaybe(text, isText),
  )
  const times = isMoment(info['created_at']) && isMoment(info['updated_at'])
  const known = Object.keys(info).every((key) => FIELDS.has(key))
  const lists = areTexts(tags, 64) && areTexts(runs, 1000)
  const plain = known && texts && times && lists && isPlain(metadata)
  return plain && isText(id) && ID.test(id) && STATUSES.has(status)
}

const FIELDS: ReadonlySet<string> = new Set([
  'id',
  'name',
  'description',
  'tags',
  'status',
  'created_at',
  'updated_at',
  'parent_session_id',
  'custom_metadata',
  'runs',
])

/** What the module `State` would give no script. */
const NAMES: ReadonlySet<string> = new Set(['constructor', 'prototype', REF])

function isKey(key: unknown): boolean {
  if (
    !isText(key, 256) ||
    key === '' ||
    NAMES.has(key) ||
    key.startsWith('__') ||
    key.startsWith('$$')
  )
    return false
  return !/\p{Cc}|\\|\/\/|\.\./u.test(key)
}

function isArtifact({ id, name, mime, created, sequence, run, metadata }: Table): boolean {
  const texts = isText(name, 255) && isText(mime, 255) && isMoment(created) && isMaybe(run, isText)
  const number = isTime(sequence) && (sequence as number) > 0 && (sequence as number) < 1e8
  const labels = isTable(metadata) && isPlain(metadata) && areLabels(metadata)
  return texts && number && isText(id) && /^sha256-[0-9a-f]{64}$/.test(id) && labels
}

const areLabels = ({ type, tags }: Table): boolean =>
  isMaybe(type, (text) => isText(text, 255)) && isMaybe(tags, (list) => areTexts(list, 1000))
