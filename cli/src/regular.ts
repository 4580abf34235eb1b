import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'

const { O_RDONLY, O_NONBLOCK } = constants
const MIB = 1024 * 1024

/** What stands where a file was expected, in words that follow its name. */
export class Irregular extends Error {}

/**
 * Reads a regular file, and waits for nothing else: a pipe that nobody writes to would hang.
 * @throws Irregular for what is no file or too large, and what the system raises
 */
export function readRegular(file: string, mostMiB: number): Buffer {
  const fd = openSync(file, O_RDONLY | O_NONBLOCK)
  try {
    const info = fstatSync(fd)
    if (!info.isFile()) throw new Irregular(`is ${kindOf(info)}, expected a file`)
    if (info.size > mostMiB * MIB) throw new Irregular(`is larger than ${mostMiB} MiB`)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** What is no file, in words. */
export function kindOf(info: Stats): string {
  if (info.isDirectory()) return 'a folder'
  if (info.isFIFO()) return 'a pipe'
  return info.isSocket() ? 'a socket' : 'a device'
}
