import { basename, dirname } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { fileFailed, locked, noPlace } from './errors.ts'
import { deriveKey, newHeader, readPrivate } from './vault-key.ts'
import type { KeySource } from './vault-key.ts'
import { readSealed, seal, unseal } from './vault-format.ts'
import type { Entries, Entry, KeyHeader } from './vault-format.ts'

const MOST_BYTES = 4 * 1024 * 1024
const WHAT = 'encrypted file'
/** A half-written file of a process that died is taken away after this. */
const STALE_MS = 30_000

interface Opened {
  readonly entries: Entries
  readonly header: KeyHeader
}

/** The encrypted file: read anew for every use, written as a whole. */
export class Vault {
  readonly path: string | undefined
  readonly #source: KeySource
  /** Of the last header: scrypt is slow on purpose. */
  #key: { readonly salt: string; readonly key: Promise<Uint8Array> } | undefined

  constructor(path: string | undefined, keyFile: string | undefined, passphrase?: string) {
    this.path = path
    this.#source = { passphrase, keyFile: keyFile ?? `${path ?? ''}.key` }
  }

  /** Empty where there is no file. @throws SECRET_LOCKED, SECRET_EXPOSED, SECRET_FILE_FAILED */
  async entries(): Promise<Entries> {
    return (await this.#open())?.entries ?? new Map()
  }

  /** How the file is opened, or undefined where there is none. */
  async keyFrom(): Promise<KeyHeader['from'] | undefined> {
    return (await this.#open())?.header.from
  }

  /** @returns whether the name is new */
  async set(name: string, entry: Entry): Promise<boolean> {
    return this.#change((entries) => {
      const isNew = !entries.has(name)
      entries.set(name, entry)
      return isNew
    })
  }

  /** @returns whether there was one */
  async remove(name: string): Promise<boolean> {
    if (!(await this.entries()).has(name)) return false
    return this.#change((entries) => entries.delete(name))
  }

  async #open(): Promise<Opened | undefined> {
    if (this.path === undefined) return undefined
    const found = await readPrivate(this.path, WHAT, MOST_BYTES)
    if (!found) return undefined
    const sealed = readSealed(Buffer.from(found.bytes).toString('utf8'))
    return { entries: unseal(sealed, await this.#keyOf(sealed.key)), header: sealed.key }
  }

  #keyOf(header: KeyHeader): Promise<Uint8Array> {
    if (this.#key?.salt === header.salt) return this.#key.key
    const key = deriveKey(header, this.#source)
    key.catch(() => (this.#key = undefined))
    this.#key = { salt: header.salt, key }
    return key
  }

  async #change(change: (entries: Map<string, Entry>) => boolean): Promise<boolean> {
    const { path } = this
    if (path === undefined) throw noPlace()
    const written = `${path}.new`
    const file = await begin(path, written)
    try {
      const before = await this.#open()
      const entries = new Map(before?.entries)
      const done = change(entries)
      const header = before?.header ?? (await newHeader(this.#source))
      await file.writeFile(seal(entries, await this.#keyOf(header), header))
      await finish(file, written, path)
      return done
    } catch (error) {
      await remove(written)
      throw error instanceof SpellError ? error : fileFailed(WHAT, error)
    } finally {
      await file.close()
    }
  }
}

interface Handle {
  sync(): Promise<void>
}

/** The new file is the lock as well: who makes it may read, change and write. */
async function begin(path: string, written: string) {
  const { promises } = process.getBuiltinModule('node:fs')
  for (let tries = 0; ; tries++) {
    try {
      await promises.mkdir(dirname(path), { recursive: true, mode: 0o700 })
      return await promises.open(written, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFailed(WHAT, error)
      if (tries >= 100)
        throw locked(
          'somebody else is writing it',
          `Try again, or remove '${basename(written)}' beside it.`,
        )
      if (await isStale(written)) await remove(written)
      else await pause(20)
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function isStale(path: string): Promise<boolean> {
  const facts = await process
    .getBuiltinModule('node:fs')
    .promises.stat(path)
    .catch(() => undefined)
  return facts !== undefined && Date.now() - facts.mtimeMs > STALE_MS
}

async function remove(path: string): Promise<void> {
  await process.getBuiltinModule('node:fs').promises.rm(path, { force: true })
}

async function finish(file: Handle, written: string, path: string): Promise<void> {
  const { promises } = process.getBuiltinModule('node:fs')
  await file.sync()
  await promises.rename(written, path)
  if (process.platform === 'win32') return
  const folder = await promises.open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
