import { open } from 'node:fs/promises'
import { SpellError, type StateBackend } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { LineReader, type Put } from './lines.ts'
import { scopeText } from './scope.ts'
import { stateStore } from './store.ts'

/** What to do with a key that is there already. */
export const EXISTING = ['refuse', 'skip', 'replace'] as const
type Existing = (typeof EXISTING)[number]

const AT_ONCE = 500
const AT_ONCE_CHARACTERS = 4 * 1024 * 1024

interface Found {
  entries: number
  existing: number
  expired: number
}

/** `state import FILE`: reads it whole before anything is written. */
export async function importState(stage: Stage): Promise<void> {
  const [file] = stage.parsed.args as [string]
  const existing = (text(stage.parsed, 'existing') ?? 'refuse') as Existing
  const now = Date.now()
  const store = await stateStore(stage)
  const found = await checked(file, store, now, existing)
  const dry = isOn(stage.parsed, 'dry-run')
  const written = dry ? 0 : await fill(stage, file, store, now, existing)
  if (stage.json) out(`${toJson({ ok: true, ...found, written, dry_run: dry })}\n`)
  else out(summary(found, written, dry))
}

async function checked(
  file: string,
  store: StateBackend,
  now: number,
  existing: Existing,
): Promise<Found> {
  const found = { entries: 0, existing: 0, expired: 0 }
  for await (const puts of batches(file, now, (expired) => (found.expired = expired))) {
    const there = await whichAreThere(store, puts)
    if (there.length > 0 && existing === 'refuse') throw taken(there[0]!)
    found.entries += puts.length
    found.existing += there.length
  }
  return found
}

async function whichAreThere(store: StateBackend, puts: readonly Put[]): Promise<Put[]> {
  const found = await Promise.all(
    puts.map(async ({ scope, key }) => (await store.scope(scope).get(key)) !== undefined),
  )
  return puts.filter((_, i) => found[i])
}

async function fill(
  stage: Stage,
  file: string,
  store: StateBackend,
  now: number,
  existing: Existing,
): Promise<number> {
  const line = progressLine(stage)
  line.report({ who: 'state import', state: 'started' })
  let written = 0
  for await (const puts of batches(file, now)) {
    const there = existing === 'skip' ? new Set(await whichAreThere(store, puts)) : new Set()
    const wanted = puts.filter((put) => !there.has(put))
    // What was checked may have changed since: a key that came in between is not overwritten.
    const expect =
      existing === 'replace'
        ? []
        : wanted.map(({ scope, key }) => ({ scope, key, rev: 'absent' }) as const)
    if (wanted.length > 0) await store.commit(wanted, { expect, durability: 'sync' })
    written += wanted.length
    line.report({ who: 'state import', state: 'active', text: `${written} entries` })
  }
  line.clear()
  return written
}

/** @throws STATE_EXPORT_INVALID, FILE_UNREADABLE */
async function* batches(
  file: string,
  now: number,
  expired: (count: number) => void = () => {},
): AsyncGenerator<readonly Put[]> {
  await using handle = await opened(file)
  const reader = new LineReader(now)
  let [puts, size, entries]: [Put[], number, number] = [[], 0, 0]
  for await (const line of handle.readLines()) {
    const put = reader.read(line)
    size += line.length
    entries += put ? 1 : 0
    if (put) puts.push(put)
    if (puts.length < AT_ONCE && size < AT_ONCE_CHARACTERS) continue
    yield puts
    ;[puts, size] = [[], 0]
  }
  expired(reader.done() - entries)
  yield puts
}

async function opened(file: string) {
  try {
    return await open(file, 'r')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SpellError('FILE_UNREADABLE', `File '${file}' cannot be read: ${code}.`, {
      hint: 'Name a file that llmspell state export wrote.',
      cause,
    })
  }
}

function taken({ scope, key }: Put): SpellError {
  const where = scopeText(scope)
  return new SpellError('STATE_CONFLICT', `'${key}' of '${where}' is there already.`, {
    hint: 'Nothing was changed. Keep what is there with --existing=skip, or put the new in its place with --existing=replace.',
    details: { scope: where, key },
  })
}

function summary({ entries, existing, expired }: Found, written: number, dry: boolean): string {
  const parts = [
    dry ? `${entries} entries would come in` : `${written} entries came in`,
    `${existing} were there already`,
    ...(expired > 0 ? [`${expired} have expired`] : []),
  ]
  return `${parts.join(', ')}.\n`
}
