import { constants } from 'node:fs'
import { lstat, open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { NewFile } from '@llmspell/sdk'
import { hardLink, notRegular, systemCode, unwritable } from './errors.ts'
import { checkStored } from './kind.ts'
import { Sink } from './sink.ts'
import type { Target } from './target.ts'

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants
const APPEND = O_WRONLY | O_APPEND | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

type Written = Awaited<ReturnType<NewFile['commit']>>

interface Begun {
  readonly handle: FileHandle
  readonly created: boolean
}

/** A file that grows while it is written. What is taken back is only what nobody has added to. */
export class AppendedFile implements NewFile {
  readonly path: string
  readonly #target: Target
  readonly #handle: FileHandle
  readonly #created: boolean
  readonly #before: number
  readonly #sink: Sink
  #committing: Promise<Written> | undefined

  private constructor(target: Target, { handle, created }: Begun, before: number) {
    this.path = target.asked.shown
    this.#target = target
    this.#handle = handle
    this.#created = created
    this.#before = before
    this.#sink = new Sink(handle, target)
  }

  static async begin(target: Target): Promise<AppendedFile> {
    const begun = await openEnd(target)
    try {
      const { asked, folder, name } = target
      const info = await checkStored(asked.shown, begun.handle, join(folder.place, name), 'written')
      if (info.nlink > 1) throw hardLink(asked.shown, 'written')
      return new AppendedFile(target, begun, info.size)
    } catch (error) {
      await begun.handle.close()
      throw error
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#sink.write(bytes)
    } catch (error) {
      await this.abort()
      throw error
    }
  }

  async commit(): Promise<Written> {
    if (!this.#committing) this.#sink.check()
    return (this.#committing ??= this.#commit())
  }

  async abort(): Promise<void> {
    if (this.#committing) await this.#committing.catch(() => undefined)
    if (!this.#sink.isOpen) return
    await this.#takeBack().catch(() => undefined)
    await this.#sink.close()
    await this.#target.folder.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort()
  }

  async #commit(): Promise<Written> {
    try {
      await this.#sink.finish()
      if (this.#created) await this.#target.folder.sync()
      return { bytes: this.#sink.bytes, created: this.#created }
    } catch (error) {
      throw unwritable(this.path, systemCode(error))
    } finally {
      await this.#sink.close().catch(() => undefined)
      await this.#target.folder.release()
    }
  }

  async #takeBack(): Promise<void> {
    const [{ size, ino }, named] = await Promise.all([this.#handle.stat(), lstat(this.#name)])
    if (size !== this.#before + this.#sink.bytes) return
    await this.#handle.truncate(this.#before)
    if (this.#created && named.ino === ino) await unlink(this.#name)
  }

  get #name(): string {
    return this.#target.folder.at(this.#target.name)
  }
}

/** How often a file may come and go between two looks. */
const LOOKS = 8

async function openEnd(target: Target, looks = LOOKS): Promise<Begun> {
  const { asked, folder, name } = target
  const path = folder.at(name)
  try {
    return { handle: await open(path, APPEND), created: false }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw notOpened(asked.shown, error)
  }
  try {
    return { handle: await open(path, APPEND | O_CREAT | O_EXCL, 0o666), created: true }
  } catch (error) {
    // Somebody else has made it since: it is appended to.
    if (systemCode(error) === 'EEXIST' && looks > 1) return openEnd(target, looks - 1)
    throw notOpened(asked.shown, error)
  }
}

function notOpened(shown: string, error: unknown): Error {
  const code = systemCode(error)
  if (code === 'ELOOP') return notRegular(shown, 'a symbolic link', undefined, 'written')
  if (code === 'ENXIO') return notRegular(shown, 'a pipe or a socket', undefined, 'written')
  return unwritable(shown, code)
}
