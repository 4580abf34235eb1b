import { createHash } from 'node:crypto'
import { frameOf } from '@llmspell/sdk/store'
import type { Sessions } from '@llmspell/sessions'
import type { House } from '../support/kernel.ts'

/** The service of hosts. */
export async function sessionsOf({ kernel }: House): Promise<Sessions> {
  return (await kernel.use('sessions' as never)) as Sessions
}

/** What the tests change of a part. */
export interface Part {
  kind?: string
  format?: string
  version?: number
  key?: string
  hash?: string
  length?: number
  sha256?: string
  info?: { id: string; secret?: number }
  run?: { runId: string }
  body?: { kind: string; input: { inline: { grants: unknown } } }
}

interface Frame {
  readonly sort: number
  readonly body: Buffer
}

export function frames(file: Buffer): Frame[] {
  const found: Frame[] = []
  for (let at = 0; at < file.length;) {
    const length = file.readUInt32BE(at)
    const inner = file.subarray(at + 8, at + 8 + length)
    found.push({ sort: inner[0]!, body: inner.subarray(1) })
    at += 8 + length
  }
  return found
}

/** The file again, its tables changed, with checksums that are right. */
export function framed(parts: readonly Frame[], change: (part: Part) => void): Buffer {
  const hash = createHash('sha256')
  const out = parts.map(({ sort, body }) => {
    if (sort === 5) return told(hash, frameOf(sort, body))
    const table = JSON.parse(body.toString()) as Part
    change(table)
    if (sort === 3) table.sha256 = hash.copy().digest('hex')
    return told(hash, frameOf(sort, Buffer.from(JSON.stringify(table))))
  })
  return Buffer.concat(out)
}

function told(hash: ReturnType<typeof createHash>, frame: Buffer): Buffer {
  hash.update(frame)
  return frame
}
