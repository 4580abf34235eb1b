import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpellError } from '@llmspell/sdk'
import { damaged, oldestOf, RANGES, seqOf } from '@llmspell/sdk/store'
import type { Head, Rows } from '@llmspell/sdk/store'
import { writeWhole } from './generation.ts'

interface Noted {
  readonly seq: string
  readonly hash: string
}

/** Says outside of the database what its last change is: an end that is missing later is no end of its own. */
export async function noteHead(home: string, head: Head): Promise<void> {
  const noted: Noted = { seq: String(head.seq), hash: head.hash.toString('hex') }
  await writeWhole(home, 'head.json', `${JSON.stringify(noted)}\n`)
}

/**
 * Damaged parts of its log are left out by the database without a word, so the changes must be there without a gap, up to
 * the last that was noted.
 * @throws STATE_DAMAGED
 */
export async function checkChanges(folder: string, rows: Rows, head: Head): Promise<void> {
  const store = `The store in '${folder}'`
  const noted = await readNoted(folder)
  if (noted && BigInt(noted.seq) > head.seq) throw missing(store, head.seq + 1n, BigInt(noted.seq))
  if (noted && BigInt(noted.seq) === head.seq && noted.hash !== head.hash.toString('hex'))
    throw damaged(store, `another change ${noted.seq} than was written`)
  let last = oldestOf(rows, head) - 1n
  for await (const [row] of rows.range(RANGES.change)) {
    const seq = seqOf(row)
    if (seq !== last + 1n) throw missing(store, last + 1n, seq - 1n)
    last = seq
  }
}

async function readNoted(folder: string): Promise<Noted | undefined> {
  const text = await readFile(join(folder, 'head.json'), 'utf8').catch(() => undefined)
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Noted)
  } catch {
    return undefined
  }
}

function missing(store: string, from: bigint, to: bigint): SpellError {
  return damaged(store, `no changes ${from} to ${to}`)
}
