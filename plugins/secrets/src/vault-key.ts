import { dirname } from 'node:path'
import { exposed, fileFailed, locked } from './errors.ts'
import { NotTaken, readSmall } from './read-file.ts'
import type { Found } from './read-file.ts'
import { COST } from './vault-format.ts'
import type { KeyHeader } from './vault-format.ts'

/** The variable that a passphrase is taken from. */
export const PASSPHRASE = 'LLMSPELL_SECRETS_PASSPHRASE'

const KEY_BYTES = 32
const BLOCK = 8

/** Where keys come from. */
export interface KeySource {
  readonly passphrase: string | undefined
  readonly keyFile: string
}

/** A header for a new file; makes the key file where there is none and no passphrase is given. */
export async function newHeader({ passphrase, keyFile }: KeySource): Promise<KeyHeader> {
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const salt = randomBytes(16).toString('base64')
  if (passphrase) return { from: 'passphrase', salt, n: COST.written }
  if (!(await readKeyFile(keyFile))) await makeKeyFile(keyFile)
  return { from: 'key-file', salt }
}

/** @throws SECRET_LOCKED where passphrase or key file are missing, SECRET_EXPOSED */
export async function deriveKey(header: KeyHeader, source: KeySource): Promise<Uint8Array> {
  const salt = Buffer.from(header.salt, 'base64')
  if (header.from === 'passphrase') return fromPassphrase(source.passphrase, salt, header.n)
  const secret = await readKeyFile(source.keyFile)
  if (!secret)
    throw locked(
      'its key file is not there',
      'Put the key file back, or name it by plugins.secrets.keyFile.',
    )
  const { hkdfSync } = process.getBuiltinModule('node:crypto')
  return new Uint8Array(hkdfSync('sha256', secret, salt, 'llmspell secrets/1', KEY_BYTES))
}

function fromPassphrase(
  passphrase: string | undefined,
  salt: Uint8Array,
  n: number,
): Promise<Uint8Array> {
  if (!passphrase) throw locked('it has a passphrase, and none is given', `Set ${PASSPHRASE}.`)
  const { scrypt } = process.getBuiltinModule('node:crypto')
  const options = { N: n, r: BLOCK, p: 1, maxmem: 256 * n * BLOCK }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

async function readKeyFile(path: string): Promise<Uint8Array | undefined> {
  const found = await readPrivate(path, 'key file', 1024)
  if (!found) return undefined
  const secret = Buffer.from(Buffer.from(found.bytes).toString('latin1').trim(), 'base64')
  if (secret.byteLength === KEY_BYTES) return secret
  throw locked('its key file is damaged', 'Put back a copy of the key file.')
}

/** A file that nobody else may read or change. @throws SECRET_EXPOSED, SECRET_FILE_FAILED */
export async function readPrivate(
  path: string,
  what: string,
  maxBytes: number,
): Promise<Found | undefined> {
  const found = await readSmall(path, maxBytes).catch((error: unknown) => {
    if (error instanceof NotTaken) throw exposed(what, error.message)
    throw fileFailed(what, error)
  })
  if (found && process.getuid) refuseShared(found, what, process.getuid())
  return found
}

function refuseShared({ mode, uid }: Found, what: string, own: number): void {
  if (uid !== own && uid !== 0) throw exposed(what, 'it belongs to another user')
  if ((mode & 0o077) === 0) return
  throw exposed(what, `other users may use it (mode 0${mode.toString(8)}, expected 0600)`)
}

async function makeKeyFile(path: string): Promise<void> {
  const { promises } = process.getBuiltinModule('node:fs')
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  const text = `${randomBytes(KEY_BYTES).toString('base64')}\n`
  try {
    await promises.mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await promises.writeFile(path, text, { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    // Another process may have been quicker: then its key counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFailed('key file', error)
  }
}
