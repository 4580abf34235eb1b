import { crc32 } from 'node:zlib'
import type { RowOp } from '@llmspell/sdk/store'

/** One write as a line: its checksum, and each row as base64; a row without a value was deleted. */
export function lineOf(ops: readonly RowOp[]): string {
  const rows = ops.map((op) => [textOf(op.key), ...(op.type === 'put' ? [textOf(op.value)] : [])])
  const text = JSON.stringify(rows)
  return `[${crc32(text)},${text}]\n`
}

/** The write that a line holds; undefined where it is not whole. */
export function opsOf(line: string): RowOp[] | undefined {
  const [, crc, text] = /^\[(\d+),(.*)\]$/.exec(line) ?? []
  if (text === undefined || crc32(text) !== Number(crc)) return undefined
  return (JSON.parse(text) as [string, string?][]).map(([key, value]) =>
    value === undefined
      ? { type: 'del', key: Buffer.from(key, 'base64') }
      : { type: 'put', key: Buffer.from(key, 'base64'), value: Buffer.from(value, 'base64') },
  )
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
