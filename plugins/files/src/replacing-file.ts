import { link, lstat, open, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { NewFile } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import { exists, systemCode, unwritable } from './errors.ts'
import { Sink } from './sink.ts'
import type { Target } from './target.ts'
import { temporaryName } from './temporary.ts'

type Mode = 'create' | 'replace'
type Written = Awaited<ReturnType<NewFile['commit']>>

/** A whole new file under another name in the same folder, until it takes its place at once. */
export class ReplacingFile implements NewFile {
  readonly path: string
  readonly #target: Target
  readonly #sink: Sink
  readonly #temporary: string
  readonly #mode: Mode
  #committing: Promise<Written> | undefined

  private constructor(target: Target, handle: FileHandle, temporary: string, mode: Mode) {
    this.path = target.asked.shown
    this.#target = target
    this.#sink = new Sink(handle, target)
    this.#temporary = temporary
    this.#mode = mode
  }

  static async begin(target: Target, mode: Mode): Promise<ReplacingFile> {
    const temporary = temporaryName()
    try {
      const handle = await open(target.folder.at(temporary), 'wx', target.mode ?? target.fresh)
      const file = new ReplacingFile(target, handle, temporary, mode)
      if (target.mode !== undefined) await handle.chmod(target.mode).catch(() => undefined)
      return file
    } catch (error) {
      throw unwritable(target.asked.shown, systemCode(error))
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
    await this.#sink.close()
    await this.#remove()
    await this.#target.folder.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort()
  }

  async #commit(): Promise<Written> {
    try {
      await this.#sink.finish()
      if (!(await this.#target.folder.isInPlace()))
        throw unwritable(this.path, 'its folder was moved')
      const created = await this.#settle()
      await this.#target.folder.sync()
      return { bytes: this.#sink.bytes, created }
    } catch (error) {
      await this.#remove()
      throw isSpellError(error) ? error : unwritable(this.path, systemCode(error))
    } finally {
      await this.#sink.close().catch(() => undefined)
      await this.#target.folder.release()
    }
  }

  /** @returns whether there was nothing under the name */
  async #settle(): Promise<boolean> {
    const { folder, name } = this.#target
    const [from, to] = [folder.at(this.#temporary), folder.at(name)]
    if (this.#mode === 'create') return this.#create(from, to)
    const before = await lstat(to).catch(() => undefined)
    await rename(from, to)
    return before === undefined
  }

  /** A second name, which the system gives only where there is none, and then not the first any more. */
  async #create(from: string, to: string): Promise<true> {
    try {
      await link(from, to)
      await unlink(from)
    } catch (error) {
      const code = systemCode(error)
      if (code === 'EEXIST') throw exists(this.path)
      if (!['EPERM', 'ENOSYS', 'EOPNOTSUPP', 'ENOTSUP'].includes(code)) throw error
      await this.#reserve(to)
      await rename(from, to)
    }
    return true
  }

  /** Where a file has one name only: an empty file holds the place. */
  async #reserve(to: string): Promise<void> {
    const handle = await open(to, 'wx').catch((error: unknown) => {
      throw systemCode(error) === 'EEXIST' ? exists(this.path) : error
    })
    await handle.close()
  }

  async #remove(): Promise<void> {
    await unlink(this.#target.folder.at(this.#temporary)).catch(() => undefined)
  }
}
