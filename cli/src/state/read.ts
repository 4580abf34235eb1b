import { bytesText, type PlacedEntry, type Scope, type StateBackend } from '@llmspell/sdk'
import { toJson, valueText } from '../print/envelope.ts'
import { harmless } from '../print/escape.ts'
import { err, out, outBytes } from '../print/output.ts'
import { painter, type Paint } from '../print/style.ts'
import { table, WIDTH } from '../print/table.ts'
import { isOn, text } from '../run/options.ts'
import { cut, momentText, valueLine } from '../runs/texts.ts'
import type { Stage } from '../stage.ts'
import { count } from '../units.ts'
import { isLarge, largeBytes, type Large } from './large.ts'
import { KINDS, scopeOf, scopeText } from './scope.ts'
import { shownValue } from './shown.ts'
import { entryOf, patientState, scopeFlag } from './store.ts'

const DEFAULT_LIMIT = '50'
const REVEAL = 'note: what looks like a secret is hidden; --reveal shows it\n'

/** `state get KEY`. */
export async function getState(stage: Stage): Promise<void> {
  const [key] = stage.parsed.args as [string]
  const scope = scopeFlag(stage)
  const store = await patientState(stage)
  const entry = await entryOf(store, scope, key)
  if (isLarge(entry.value) && !stage.json) return large(store, scope, key, entry.value)
  const { value, hidden } = shownValue(key, entry.value, isOn(stage.parsed, 'reveal'))
  if (stage.json)
    return out(`${toJson({ ok: true, ...entryJson({ scope, key, entry }, value), hidden })}\n`)
  if (!(value instanceof Uint8Array)) out(harmless(valueText(value)))
  else if (process.stdout.isTTY) out(onlyBytes(value.byteLength))
  else outBytes(value)
  if (hidden && !stage.quiet) err(REVEAL)
}

async function large(store: StateBackend, scope: Scope, key: string, { size }: Large) {
  if (process.stdout.isTTY) return out(onlyBytes(size))
  for await (const piece of largeBytes(store, scope, key)) outBytes(piece)
}

const onlyBytes = (size: number): string => `${bytesText(size)}; a pipe or a file gets them\n`

/** `state list [PREFIX]`. */
export async function listState(stage: Stage): Promise<void> {
  const limit = count('limit', text(stage.parsed, 'limit') ?? DEFAULT_LIMIT)
  const store = await patientState(stage)
  const rows: PlacedEntry[] = []
  let more = false
  for await (const row of openEntries(store, stage)) {
    more = rows.length === limit
    if (more) break
    rows.push(row)
  }
  if (stage.json) {
    const entries = rows.map((row) =>
      entryJson(row, shownValue(row.key, row.entry.value, false).value),
    )
    return out(`${toJson({ ok: true, entries, more })}\n`)
  }
  out(stateTable(rows, painter(process.stdout.isTTY)))
  if (more && !stage.quiet) err(`note: there is more; --limit shows more than ${limit}\n`)
}

/** What scripts have kept, scope after scope. */
export async function* openEntries(
  store: StateBackend,
  { parsed }: Stage,
): AsyncGenerator<PlacedEntry> {
  const [prefix] = parsed.args
  const given = text(parsed, 'scope')
  const select = prefix === undefined ? {} : { prefix }
  if (given !== undefined) return yield* store.entries({ ...scopeOf(given), ...select })
  for (const kind of KINDS) yield* store.entries({ tenant: 'local', kind, ...select })
}

const WIDEST = { scope: 20, key: 24 }

function stateTable(rows: readonly PlacedEntry[], paint: Paint): string {
  if (rows.length === 0) return 'Nothing is kept here.\n'
  const cells = rows.map(({ scope, key, entry }) => [
    cut(scopeText(scope), WIDEST.scope),
    cut(key, WIDEST.key),
    entry.expiresAt === undefined ? '' : momentText(entry.expiresAt).slice(0, 16),
  ])
  const widths = [5, 3, 13].map((least, i) =>
    Math.max(least, ...cells.map((row) => row[i]!.length)),
  )
  const room = Math.max(12, WIDTH - widths.reduce((sum, width) => sum + width + 2, 0))
  const lines = rows.map((row, i) => [...cells[i]!, valueCell(row, room)])
  return table(['SCOPE', 'KEY', 'EXPIRES (UTC)', 'VALUE'], lines, paint)
}

function valueCell({ key, entry }: PlacedEntry, room: number): string {
  if (isLarge(entry.value)) return bytesText(entry.value.size)
  const { value } = shownValue(key, entry.value, false)
  if (value instanceof Uint8Array) return bytesText(value.byteLength)
  return valueLine(JSON.parse(toJson(value)), room)
}

/** An entry in the names that scripts see. */
function entryJson({ scope, key, entry }: PlacedEntry, value: unknown): object {
  return {
    scope: scopeText(scope),
    key,
    ...(value instanceof Uint8Array
      ? { base64: Buffer.from(value).toString('base64') }
      : { value }),
    version: Number(entry.rev),
    ...(entry.schema === undefined ? {} : { schema: entry.schema }),
    ...(entry.expiresAt === undefined ? {} : { expires_at: entry.expiresAt }),
  }
}
