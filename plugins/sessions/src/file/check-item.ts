import { REF } from '@llmspell/sdk'
import { ID } from '../errors.ts'
import { damagedFile } from './format.ts'
import type { Item } from './format.ts'

type Table = Readonly<Record<string, unknown>>

const STATUSES: ReadonlySet<unknown> = new Set(['active', 'suspended', 'completed', 'failed'])
const RUN_ENDS: ReadonlySet<unknown> = new Set(['succeeded', 'failed', 'cancelled', 'paused'])
const RUN_ID = /^[A-Za-z0-9._:-]{1,128}$/
const HASH = /^[0-9a-f]{64}$/
const RECORDS: ReadonlySet<unknown> = new Set([
  'begin',
  'intent',
  'call',
  'callback',
  'arrival',
  'timer',
  'fired',
  'mark',
  'cancel',
  'decision',
  'pruned',
  'end',
])

/** Whoever wrote the file: nothing of another form gets further. @throws SESSION_FILE_DAMAGED */
export function checkItem(item: Item): void {
  const check = CHECKS[item.kind]
  if (check?.(item as never) !== true) throw damagedFile(`a part that cannot be read`)
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

const CHECKS: Readonly<Record<string, (item: Table) => boolean>> = {
  session: ({ info }) => isTable(info) && isSession(info),
  state: ({ key, value, length, expiresAt }) =>
    isKey(key) && (value === undefined) === (length !== undefined) && isMaybe(expiresAt, isTime),
  blob: ({ hash }) => isText(hash) && HASH.test(hash),
  run: ({ run }) => isTable(run) && isRun(run),
  record: ({ body }) =>
    isTable(body) && RECORDS.has(body['kind']) && isText(body['path']) && isTime(body['at']),
  artifact: ({ info }) => isTable(info) && isArtifact(info),
}

function isSession(info: Table): boolean {
  const { id, name, description, tags, status, runs, custom_metadata: metadata } = info
  const texts = [name, description, info['parent_session_id']].every((text) =>
    isMaybe(text, isText),
  )
  const times = isMoment(info['created_at']) && isMoment(info['updated_at'])
  const known = Object.keys(info).every((key) => FIELDS.has(key))
  const lists = areTexts(tags, 64) && areTexts(runs, 1000)
  const plain = known && texts && times && lists && isTable(metadata)
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

function isRun({ runId, status, definition, createdAt, endedAt }: Table): boolean {
  if (!isText(runId) || !RUN_ID.test(runId) || !RUN_ENDS.has(status)) return false
  if (!isTable(definition) || !isText(definition['name'])) return false
  const { hash, engine } = definition
  if (!isText(hash) || !HASH.test(hash) || !(engine === 'native' || isTable(engine))) return false
  return isTime(createdAt) && isMaybe(endedAt, isTime)
}

function isArtifact({ id, name, mime, created, sequence, metadata }: Table): boolean {
  const texts = isText(name, 255) && isText(mime, 255) && isMoment(created)
  const number = isTime(sequence) && (sequence as number) > 0 && (sequence as number) < 1e8
  return texts && number && isText(id) && /^sha256-[0-9a-f]{64}$/.test(id) && isTable(metadata)
}
