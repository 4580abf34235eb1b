import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SpellError } from '@llmspell/sdk'
import type { Entry, Json, Scope } from '@llmspell/sdk'
import { damagedEntry, payloadOf } from '@llmspell/sdk/store'
import type { SealKeys } from './keys.ts'

const MAGIC = Buffer.from('LSs1')
const ID = 8
const IV = 12
const TAG = 16
const HEADER = MAGIC.length + ID + IV + TAG
const JSON_VALUE = 0
const BYTES_VALUE = 1

/** Bytes that a seal adds to a value. */
export const SEAL_BYTES = HEADER + 1

export type Stored = Entry<Json | Uint8Array>

/** Where a value lies is sealed with it: at another key, or under another mark, it does not open. */
export interface SealPlace {
  readonly scope: Scope
  readonly key: string
  readonly schema?: string
}

export function sealed(value: Json | Uint8Array, place: SealPlace, keys: SealKeys): Uint8Array {
  const { json, bytes } = payloadOf(value, place.key)
  const [{ id, key }] = keys
  const iv = randomBytes(IV)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(dataOf(place))
  const sort = Buffer.from([json ? JSON_VALUE : BYTES_VALUE])
  const body = [cipher.update(sort), cipher.update(bytes), cipher.final()]
  const head = [MAGIC, Buffer.from(id, 'hex'), iv, cipher.getAuthTag()]
  return new Uint8Array(Buffer.concat([...head, ...body]))
}

function dataOf({ scope, key, schema = '' }: SealPlace): Buffer {
  return Buffer.from(JSON.stringify([scope.tenant, scope.kind, scope.id, key, schema]))
}

/** Id of the key that sealed it; undefined of a value that is not sealed. */
export function sealId(value: Json | Uint8Array): string | undefined {
  if (!(value instanceof Uint8Array) || value.length <= HEADER) return undefined
  const head = Buffer.from(value.buffer, value.byteOffset, MAGIC.length + ID)
  return head.subarray(0, MAGIC.length).equals(MAGIC)
    ? head.toString('hex', MAGIC.length)
    : undefined
}

/**
 * @param plain whether values that are not sealed are taken as they are
 * @throws STATE_SEALED of another key, STATE_DAMAGED
 */
export function unsealed(entry: Stored, place: SealPlace, keys: SealKeys, plain: boolean): Stored {
  const id = sealId(entry.value)
  if (id === undefined) {
    if (plain) return entry
    throw damagedEntry(place.scope, place.key, 'one that is not sealed')
  }
  const key = keys.find((each) => each.id === id)
  if (!key) throw otherKey(place, id)
  return { ...entry, value: valueOf(entry, place, key.key) }
}

function valueOf({ value, schema }: Stored, place: SealPlace, key: Buffer): Json | Uint8Array {
  const { buffer, byteOffset, byteLength } = value as Uint8Array
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const at = MAGIC.length + ID
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(at, at + IV))
  cipher.setAAD(dataOf({ ...place, ...(schema === undefined ? {} : { schema }) }))
  cipher.setAuthTag(bytes.subarray(at + IV, HEADER))
  try {
    const open = Buffer.concat([cipher.update(bytes.subarray(HEADER)), cipher.final()])
    const rest = open.subarray(1)
    return open[0] === JSON_VALUE ? (JSON.parse(rest.toString()) as Json) : new Uint8Array(rest)
  } catch {
    throw damagedEntry(place.scope, place.key, 'a seal that does not fit')
  }
}

function otherKey({ scope, key }: SealPlace, id: string): SpellError {
  return new SpellError(
    'STATE_SEALED',
    `The value at '${key}' of ${scope.kind} '${scope.id}' is sealed under another key: expected one that is configured, found '${id}'.`,
    { hint: "Name its secret in 'plugins.state.encryption.old'." },
  )
}
