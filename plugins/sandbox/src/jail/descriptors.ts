import { openSync, readFileSync, readdirSync } from 'node:fs'

const CLOSED_ON_EXEC = 0o2000000
const OURS = 3
const MOST = 1024

let nothing: number | undefined

/**
 * What a program gets at the descriptors above its own: nothing. What whoever started this process left open would be
 * handed on; each of these becomes `/dev/null`.
 *
 * @param from the first descriptor that is not given
 */
export function nothingFrom(from: number): number[] {
  const last = Math.min(MOST, Math.max(0, ...inherited()))
  if (last < from) return []
  const fd = (nothing ??= openSync('/dev/null', 'r'))
  return Array.from({ length: last - from + 1 }, () => fd)
}

/** Descriptors that a new program would get. */
function inherited(): readonly number[] {
  return numbersIn('/proc/self/fd').filter((fd) => fd >= OURS && !isClosedOnExec(fd))
}

function isClosedOnExec(fd: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1]
    return (Number.parseInt(flags ?? '0', 8) & CLOSED_ON_EXEC) !== 0
  } catch {
    return true
  }
}

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder).map(Number)
  } catch {
    return []
  }
}
