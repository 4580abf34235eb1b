import { statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { notRegular, tooLarge } from './errors.ts'
import type { Asked } from './asked.ts'
import type { Descriptor } from './descriptor.ts'

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
export function checkKind(
  { shown, means }: Asked,
  file: Descriptor,
  place: string,
  max: number,
): number {
  const info = file.stat()
  if (!info.isFile())
    throw notRegular(shown, kindOf(info), info.isDirectory() ? 'Name a file in it.' : undefined)
  if (isSystemPath(place) || isSystemDevice(file, info)) {
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

function isSystemDevice(file: Descriptor, info: Stats): boolean {
  if (isBlockDevice(info.dev)) return false
  const type = file.systemType()
  if (type !== undefined && SYSTEM_TYPES.has(type)) return true
  // devtmpfs says it is a tmpfs, so that one is known by its device.
  const dev = deviceOf('/dev')
  return dev === info.dev && dev !== deviceOf('/')
}

/** Linux gives the major number 0 to all that stands on no device, the files of the system among it. */
function isBlockDevice(dev: number): boolean {
  return process.platform === 'linux' && Math.floor(dev / 256) % 4096 !== 0
}

function deviceOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.dev
}
