import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { revBytes, seal, wrapped } from './envelope.ts'
import { FRAME, frameOf, rowFrame } from './frames.ts'
import { dataRow, scopePrefix } from './keys.ts'
import { checkedBackup } from './read-backup.ts'

const SCOPE = { tenant: 'local', kind: 'global', id: '' } as const

function rowOf(key: string): Buffer {
  const row = dataRow(scopePrefix(SCOPE), key)
  const json = { json: true, bytes: Buffer.from('1') }
  const envelope = wrapped(json, { expiresAt: undefined, schema: undefined })
  seal(row, envelope, revBytes(1n))
  return rowFrame([row, envelope])
}

const head = frameOf(FRAME.head, Buffer.from('{"format":1,"createdAt":0,"seq":"1"}'))
const rows = ['a', 'b', 'c'].map(rowOf)
const sha256 = createHash('sha256')
  .update(Buffer.concat([head, ...rows]))
  .digest('hex')
const trailer = (more: object): Buffer =>
  frameOf(FRAME.trailer, Buffer.from(JSON.stringify({ format: 1, entries: 3, sha256, ...more })))

async function check(frames: readonly Buffer[]): Promise<unknown> {
  async function* source(): AsyncGenerator<Buffer> {
    yield* frames
  }
  return checkedBackup(source())
}

function flipped(frame: Buffer, at: number): Buffer {
  const copy = Buffer.from(frame)
  copy[at]! ^= 1
  return copy
}

test('a whole backup', async () => {
  expect(await check([head, ...rows, trailer({})])).toMatchObject({ entries: 3 })
})

// Each frame is right by itself; what is wrong is told by one check only.
test.each([
  ['frames in another order', [head, rows[1]!, rows[0]!, rows[2]!, trailer({})], /another SHA-256/],
  ['a frame twice', [head, rows[0]!, rows[0]!, rows[2]!, trailer({})], /another SHA-256/],
  ['a frame too few', [head, rows[0]!, rows[1]!, trailer({})], /2 of 3 entries/],
  ['no trailer', [head, ...rows], /no trailer/],
  ['no head', [...rows, trailer({})], /out of order/],
  ['two heads', [head, head, ...rows, trailer({})], /out of order/],
  ['more behind the trailer', [head, ...rows, trailer({}), rows[0]!], /behind the trailer/],
  ['a flipped bit', [head, flipped(rows[0]!, 40), ...rows.slice(1), trailer({})], /wrong checksum/],
  ['a frame of 4 GB', [head, Buffer.alloc(12, 255), trailer({})], /a frame of/],
  ['a frame that breaks off', [head, rows[0]!.subarray(0, 20)], /breaks off/],
  ['nothing', [], /no trailer/],
])('%s', async (_, frames, found) => {
  await expect(check(frames)).rejects.toMatchObject({
    code: 'STATE_BACKUP_DAMAGED',
    message: expect.stringMatching(found) as unknown,
  })
})

test('a newer format', async () => {
  const newer = frameOf(FRAME.head, Buffer.from('{"format":3}'))
  await expect(check([newer, trailer({})])).rejects.toMatchObject({ code: 'STATE_NEWER' })
})
