import type { Stats } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { notRegular, tooLarge } from './errors.ts'
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
  const info = await handle.stat()
  if (!info.isFile())
    throw notRegular(shown, kindOf(info), info.isDirectory() ? 'Name a file in it.' : undefined)
  if (isSystemPath(place) || (await isSystemDevice(handle, info))) {
    throw notRegular(shown, 'a file of the system')
  }
  if (info.nlink > 1 && !means.config.hardLinks) {
    throw notRegular(
      shown,
      'a file with a second name (hard link)',
      'Copy it, or set plugins.files.hardLinks.',
    )
  }
  if (info.size > max) throw tooLarge(shown, max, String(info.size))
  return info.size
}

function kindOf(info: Stats): string {
  if (info.isDirectory()) return 'a folder'
  if (info.isFIFO()) return 'a pipe'
  return info.isSocket() ? 'a socket' : 'a device'
}

/** devtmpfs says it is a tmpfs, so that one is known by its device. */
async function isSystemDevice(handle: FileHandle, info: Stats): Promise<boolean> {
  const [system, dev, root] = await Promise.all([
    statfs(`/proc/self/fd/${handle.fd}`).catch(() => undefined),
    stat('/dev').catch(() => undefined),
    stat('/').catch(() => undefined),
  ])
  if (system !== undefined && SYSTEM_TYPES.has(system.type)) return true
  return dev !== undefined && dev.dev === info.dev && dev.dev !== root?.dev
}
