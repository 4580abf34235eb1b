import { constants, readlinkSync } from 'node:fs'
import { lstat, open, realpath } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

// Linux, include/uapi/asm-generic/fcntl.h: a descriptor that only names; needs no right to read.
export const O_PATH = 0o10000000
const HOLD = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW

/**
 * A folder that is held: what is done in it happens there, whatever becomes of the names above. Where
 * the system does not name descriptors, it is compared before each step instead.
 */
export class HeldFolder {
  /** Where it was when it was taken hold of. */
  readonly place: string
  readonly #handle: FileHandle | undefined
  readonly #id: string

  private constructor(place: string, handle: FileHandle | undefined, id: string) {
    this.place = place
    this.#handle = handle
    this.#id = id
  }

  /** The top of a file system, which is no link. */
  static async top(place: string, descriptors: boolean): Promise<HeldFolder> {
    return HeldFolder.#take(place, place, descriptors)
  }

  /** A folder wherever its name leads. @throws ENOENT, ENOTDIR, ELOOP */
  static async follow(path: string, descriptors: boolean): Promise<HeldFolder> {
    if (!descriptors) return HeldFolder.#take(await realpath(path), await realpath(path), false)
    const handle = await open(path, O_PATH | constants.O_DIRECTORY)
    return new HeldFolder(readlinkSync(`/proc/self/fd/${handle.fd}`), handle, '')
  }

  /** @throws ENOENT; ENOTDIR for anything but a folder, a link to one too */
  enter(name: string): Promise<HeldFolder> {
    return HeldFolder.#take(this.at(name), join(this.place, name), this.#handle !== undefined)
  }

  /** A path for the calls of the system: one name in this very folder. */
  at(name: string): string {
    const { place } = this
    return this.#handle ? `/proc/self/fd/${this.#handle.fd}/${name}` : join(place, name)
  }

  /** False once it was moved, removed or, without descriptors, swapped. */
  async isInPlace(): Promise<boolean> {
    if (this.#handle) return readlinkSync(`/proc/self/fd/${this.#handle.fd}`) === this.place
    const real = await realpath(this.place).catch(() => undefined)
    return real === this.place && (await identity(this.place)) === this.#id
  }

  /** Makes the names in it durable, where the system has a way to. */
  async sync(): Promise<void> {
    const flags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0)
    const handle = await open(this.at('.'), flags).catch(() => undefined)
    await handle?.sync().catch(() => undefined)
    await handle?.close()
  }

  async release(): Promise<void> {
    await this.#handle?.close()
  }

  static async #take(path: string, place: string, descriptors: boolean): Promise<HeldFolder> {
    if (!descriptors) return new HeldFolder(place, undefined, await identity(path))
    return new HeldFolder(place, await open(path, HOLD), '')
  }
}

/** Device and number of a folder. @throws ENOTDIR */
async function identity(path: string): Promise<string> {
  const info = await lstat(path, { bigint: true })
  if (info.isDirectory()) return `${info.dev}:${info.ino}`
  throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
}
