import { entriesText } from '../print/counted.ts'
import { isSpellError, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { StateBackend, Value } from '@llmspell/sdk'
import { batches } from './import-file.ts'
import type { Put } from './lines.ts'
import { scopeText } from './scope.ts'

/** What to do with a key that is there already. */
export const EXISTING = ['refuse', 'skip', 'replace'] as const
export type Existing = (typeof EXISTING)[number]

/** What surely fits into one commit of any store, and what is written at once of more than that. */
const ONE_COMMIT = 48 * 1024 * 1024
const PART = 8 * 1024 * 1024
const MOST_TOLD = 20

export interface Import {
  readonly file: string
  readonly store: StateBackend
  readonly now: number
  readonly existing: Existing
  readonly tell: (text: string) => void
}

interface Found {
  entries: number
  existing: number
  expired: number
  bytes: number
}

export interface Imported {
  /** In the file, without those that have expired. */
  readonly entries: number
  /** Of those, the ones that were there already. */
  readonly existing: number
  readonly expired: number
  readonly written: number
  /** Whether it is one commit. */
  readonly atomic: boolean
}

/** Reads the whole file before anything is written, and writes it in one commit where that holds it. */
export async function imported(work: Import, dry: boolean): Promise<Imported> {
  const found = await checked(work)
  const written = dry ? 0 : await filled(work, found)
  const { entries, existing, expired } = found
  return { entries, existing, expired, written, atomic: isWhole(work, found) }
}

async function checked(work: Import): Promise<Found> {
  const { file, store, now, existing, tell } = work
  const found = { entries: 0, existing: 0, expired: 0, bytes: 0 }
  const expired = (count: number) => (found.expired = count)
  for await (const { puts, bytes } of batches(file, store, { now, expired })) {
    const there = await whichAreThere(store, puts)
    if (there.length > 0 && existing === 'refuse') throw taken(there[0]!)
    found.entries += puts.length
    found.existing += there.length
    found.bytes += bytes
    tell(`${entriesText(found.entries)} checked`)
  }
  return found
}

const isWhole = ({ store }: Import, { bytes }: Found): boolean =>
  store.capabilities.atomic === 'store' && bytes <= ONE_COMMIT

async function whichAreThere(store: StateBackend, puts: readonly Put[]): Promise<Put[]> {
  const found = await Promise.all(
    puts.map(async ({ scope, key }) => (await store.scope(scope).get(key)) !== undefined),
  )
  return puts.filter((_, i) => found[i])
}

/** How many were written. */
async function filled(work: Import, found: Found): Promise<number> {
  const { file, store, now, tell } = work
  const most = store.capabilities.atomic === 'scope' ? 0 : PART
  const [limit, done] = [isWhole(work, found) ? Infinity : most, { written: 0 }]
  let [waiting, size]: [Put[], number] = [[], 0]
  try {
    for await (const { puts, bytes } of batches(file, store, { now })) {
      for (const put of await wanted(work, puts)) waiting.push(put)
      size += bytes
      if (size < limit) continue
      done.written += await committed(work, waiting)
      tell(entriesText(done.written))
      ;[waiting, size] = [[], 0]
    }
    return done.written + (await committed(work, waiting))
  } catch (error) {
    throw stopped(error, done.written, found.entries)
  }
}

async function wanted({ store, existing }: Import, puts: readonly Put[]): Promise<readonly Put[]> {
  if (existing !== 'skip') return puts
  const there = new Set(await whichAreThere(store, puts))
  return puts.filter((put) => !there.has(put))
}

/** What was checked may have changed since: a key that came in between is not overwritten. */
async function committed({ store, existing }: Import, puts: readonly Put[]): Promise<number> {
  if (puts.length === 0) return 0
  const absent = puts.map(({ scope, key }) => ({ scope, key, rev: 'absent' }) as const)
  await store.commit(puts, { expect: existing === 'replace' ? [] : absent, durability: 'sync' })
  return puts.length
}

function taken({ scope, key }: Put): SpellError {
  const where = scopeText(scope)
  return new SpellError('STATE_CONFLICT', `'${key}' of '${where}' is there already.`, {
    hint: 'Nothing was changed. Keep what is there with --existing=skip, or put the new in its place with --existing=replace.',
    details: { scope: where, key },
  })
}

/** What came in before stays: it is told. */
function stopped(error: unknown, written: number, entries: number): unknown {
  if (!isSpellError(error)) return error
  const { message, details } = toErrorRecord(error)
  const came = written === 0 ? 'nothing was changed' : `${written} of ${entries} entries came in`
  const again = written === 0 ? 'Do it again' : 'Go on behind them with --existing=skip'
  return new SpellError(error.code, `The import stopped, ${came}: ${message}`, {
    hint: `${again} when that is settled.`,
    details: { ...firstOf(details), written, entries },
    cause: error,
  })
}

/** Of thousands of conflicts the first say enough. */
function firstOf(details: Value | undefined): Record<string, Value> {
  const { conflicts, ...rest } = (details ?? {}) as { readonly conflicts?: readonly Value[] }
  return conflicts ? { ...rest, conflicts: conflicts.slice(0, MOST_TOLD) } : rest
}
