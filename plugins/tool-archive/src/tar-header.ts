import type { Kind } from './entry.ts'

export const BLOCK = 512
const MAX_SIZE = 2 ** 48
const OWNER_RUNS = 0o100

/** One block of 512 bytes that introduces an entry. */
export interface TarHeader {
  readonly name: string
  /** The type flag of the format: `0` a file, `x` further facts of the next entry. */
  readonly flag: string
  readonly size: number
  readonly executable: boolean
  /** Seconds since 1970. */
  readonly modified: number
}

const KINDS: Readonly<Record<string, Kind>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard link',
  '2': 'link',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'device',
}

/** Sparse files, parts of other volumes and whatever else some archiver added are `other`. */
export function kindOf({ flag, name }: TarHeader): Kind {
  const kind = KINDS[flag] ?? 'other'
  // Before there was a flag for folders, a slash at the end was one.
  return kind === 'file' && name.endsWith('/') ? 'folder' : kind
}

/** The header, or what is wrong with it. */
export function tarHeader(block: Buffer): TarHeader | string {
  if (!isTarBlock(block)) return 'a header whose checksum is wrong'
  const size = numberAt(block, 124, 12)
  if (size === undefined || size > MAX_SIZE) return 'a header without a size'
  const name = textAt(block, 0, 100)
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? textAt(block, 345, 155) : ''
  const flag = String.fromCharCode(block[156]!)
  const modified = numberAt(block, 136, 12) ?? 0
  const executable = ((numberAt(block, 100, 8) ?? 0) & OWNER_RUNS) !== 0
  return { name: prefix === '' ? name : `${prefix}/${name}`, flag, size, executable, modified }
}

/** True where the checksum fits: so much is not true of other bytes by chance. */
export function isTarBlock(block: Buffer): boolean {
  if (block.byteLength < BLOCK) return false
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : block[i]!
  return sum === numberAt(block, 148, 8)
}

function textAt(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

/** Octal digits, or base 256 where the first bit is set; undefined for anything else, and below zero. */
function numberAt(block: Buffer, at: number, length: number): number | undefined {
  const field = block.subarray(at, at + length)
  if (field[0] === 0x80) return Number(BigInt(`0x${field.subarray(1).toString('hex')}`))
  const digits = /^[ \0]*([0-7]+)[ \0]*$/.exec(field.toString('latin1'))?.[1]
  if (digits !== undefined) return Number.parseInt(digits, 8)
  return /^[ \0]*$/.test(field.toString('latin1')) ? 0 : undefined
}
