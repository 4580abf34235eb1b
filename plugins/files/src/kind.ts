import type { Stats } from 'node:fs'
import type { SpellError } from '@llmspell/sdk'
import { stat, statfs } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { hardLink, notRegular, tooLarge } from './errors.ts'
import type { Done } from './errors.ts'
import type { Asked } from './asked.ts'

// Linux, include/uapi/linux/magic.h: file systems whose files are the kernel's answers, not stored data.
const SYSTEM_TYPES = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0x62656570, // configfs
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0xcafe4a11, // bpf
  0xde5e81e4, // efivarfs
  0xf97cff8c, // selinux
  0x1cd1, // devpts
  0x19800202, // mqueue
])
// devtmpfs calls itself one of these, and is known by its device alone.
const MEMORY_TYPES = new Set([
  0x01021994, // tmpfs
  0x858458f6, // ramfs
])

/** True below `/proc`, `/sys` and `/dev`: opening some of these has effects. */
export function isSystemPath(path: string): boolean {
  return /^\/(?:proc|sys|dev)(?:\/|$)/.test(path)
}

/**
 * The size of a stored file.
 * @throws FILE_NOT_REGULAR, FILE_TOO_LARGE
 */
export async function checkKind(
  { shown, means }: Asked,
  handle: FileHandle,
  place: string,
  max: number,
): Promise<number> {
  const info = await checkStored(shown, handle, place)
  if (info.nlink > 1 && !means.config.hardLinks) throw hardLink(shown, 'read')
  if (info.size > max) throw tooLarge(shown, max, String(info.size))
  return info.size
}

/**
 * A file with bytes on a disk or in memory.
 * @throws FILE_NOT_REGULAR
 */
export async function checkStored(
  shown: string,
  handle: FileHandle,
  place: string,
  done: Done = 'read',
): Promise<Stats> {
  const [info, type] = await Promise.all([handle.stat(), systemType(handle)])
  if (!info.isFile()) throw irregular(shown, info, done)
  if (isSystemPath(place) || (await isSystemDevice(info, type))) {
    throw notRegular(shown, 'a file of the system', undefined, done)
  }
  return info
}

export function irregular(shown: string, info: Stats, done: Done): SpellError {
  const hint = info.isDirectory() ? 'Name a file in it.' : undefined
  return notRegular(shown, kindOf(info), hint, done)
}

function kindOf(info: Stats): string {
  if (info.isDirectory()) return 'a folder'
  if (info.isSymbolicLink()) return 'a symbolic link'
  if (info.isFIFO()) return 'a pipe'
  return info.isSocket() ? 'a socket' : 'a device'
}

/** Of the file system that the file is on; undefined where the system does not tell. */
async function systemType(handle: FileHandle): Promise<number | undefined> {
  const system = await statfs(`/proc/self/fd/${handle.fd}`).catch(() => undefined)
  return system?.type
}

async function isSystemDevice(info: Stats, type: number | undefined): Promise<boolean> {
  if (type !== undefined && !MEMORY_TYPES.has(type)) return SYSTEM_TYPES.has(type)
  const [dev, root] = await Promise.all([
    stat('/dev').catch(() => undefined),
    stat('/').catch(() => undefined),
  ])
  return dev !== undefined && dev.dev === info.dev && dev.dev !== root?.dev
}
