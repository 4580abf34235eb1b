import { locked } from './errors.ts'

/** How the key of a file is made: of a passphrase, slowly, or of a key file. */
export type KeyHeader =
  | { readonly from: 'passphrase'; readonly salt: string; readonly n: number }
  | { readonly from: 'key-file'; readonly salt: string }

/** The file as it lies on the disk; all but `data` and `tag` is authenticated as it stands. */
export interface Sealed {
  readonly llmspell: 'secrets/1'
  readonly key: KeyHeader
  readonly iv: string
  readonly tag: string
  readonly data: string
}

export interface Entry {
  readonly value: string
  readonly hosts?: readonly string[]
}

export type Entries = ReadonlyMap<string, Entry>

/** Cost of scrypt that is written, and the most that is read: a changed file must not eat the memory. */
export const COST = { written: 2 ** 17, least: 2 ** 14, most: 2 ** 18 } as const

const DAMAGED = 'it is damaged, or no file of secrets'
const SET_AGAIN = 'Put back a copy of it, or remove it and set the secrets again.'

/** @throws SECRET_LOCKED */
export function readSealed(text: string): Sealed {
  const found = parsed(text) as Partial<Sealed> | null
  if (typeof found !== 'object' || found === null) throw locked(DAMAGED, SET_AGAIN)
  if (typeof found.llmspell === 'string' && found.llmspell !== 'secrets/1')
    throw locked('it was written by another version', 'Use the version of llmspell that wrote it.')
  const { iv, tag, data, key, llmspell } = found
  const texts = [iv, tag, data, llmspell].every((part) => typeof part === 'string')
  if (!texts || !isKeyHeader(key)) throw locked(DAMAGED, SET_AGAIN)
  return found as Sealed
}

function isKeyHeader(key: unknown): key is KeyHeader {
  if (typeof key !== 'object' || key === null) return false
  const { from, salt, n } = key as Record<string, unknown>
  if (typeof salt !== 'string') return false
  if (from === 'key-file') return true
  const inRange = typeof n === 'number' && n >= COST.least && n <= COST.most
  return from === 'passphrase' && inRange && Number.isInteger(Math.log2(n))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The text of a file that holds the entries. */
export function seal(entries: Entries, key: Uint8Array, header: KeyHeader): string {
  const { createCipheriv, randomBytes } = process.getBuiltinModule('node:crypto')
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(authenticated(header, iv.toString('base64')))
  const plain = JSON.stringify(Object.fromEntries(entries))
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  const sealed: Sealed = {
    llmspell: 'secrets/1',
    key: header,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  }
  return `${JSON.stringify(sealed, undefined, 2)}\n`
}

/** @throws SECRET_LOCKED for a wrong key and for a changed file alike: which of both cannot be known */
export function unseal(sealed: Sealed, key: Uint8Array): Entries {
  const { createDecipheriv } = process.getBuiltinModule('node:crypto')
  try {
    const iv = Buffer.from(sealed.iv, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    decipher.setAAD(authenticated(sealed.key, sealed.iv))
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'))
    const data = Buffer.from(sealed.data, 'base64')
    const plain = Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8')
    return new Map(Object.entries(JSON.parse(plain) as Record<string, Entry>))
  } catch {
    const which = sealed.key.from === 'passphrase' ? 'passphrase' : 'key file'
    throw locked(
      `its ${which} does not fit, or it was changed`,
      `Give the ${which} that it was made with, or put back a copy of the file.`,
    )
  }
}

function authenticated(header: KeyHeader, iv: string): Buffer {
  const cost = header.from === 'passphrase' ? header.n : 0
  return Buffer.from(JSON.stringify(['secrets/1', header.from, header.salt, cost, iv]))
}
