import type { Json } from '../contracts/journal.ts'
import type { PlacedEntry, Scope, Selector, StateBackend, StateOp } from '../contracts/state.ts'
import { SpellError } from '../errors.ts'
import { sealingOf } from './migrate/beside.ts'

const AT_ONCE = 500
const MOST_BYTES = 8 * 1024 * 1024
const MOST_LINE = 32 * 1024 * 1024

/** One entry as a line of text. */
interface Line {
  readonly scope: Scope
  readonly key: string
  readonly value?: Json
  /** Base64 of bytes. */
  readonly bytes?: string
  readonly schema?: string
  readonly expiresAt?: number
}

export interface ImportReport {
  readonly entries: number
  readonly added: number
  readonly replaced: number
  readonly kept: number
}

/** What is live as lines of JSON, for people and other programs: a head, one line an entry, and their count. */
export async function* exportLines(
  store: StateBackend,
  selector: Selector = {},
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<string> {
  await using snapshot = store.capabilities.snapshots ? await store.snapshot() : undefined
  yield '{"llmspell":"state","format":1}\n'
  let entries = 0
  for await (const each of store.entries(selector, snapshot ? { at: snapshot } : {})) {
    options.signal?.throwIfAborted()
    yield `${JSON.stringify(lineOf(each))}\n`
    entries++
  }
  yield `${JSON.stringify({ entries })}\n`
}

function lineOf({ scope, key, entry }: PlacedEntry): Line {
  const { value, schema, expiresAt } = entry
  return {
    scope,
    key,
    ...(value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('base64') } : { value }),
    ...(schema === undefined ? {} : { schema }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/**
 * Puts exported entries into a store. All lines are read and checked once before the first is put.
 *
 * @param open the text from its beginning, each time
 * @param options.existing what happens to a key that has a value; default `refuse`
 * @throws INPUT_INVALID with the line, STATE_NEWER, STATE_CONFLICT where a key has a value
 */
export async function importLines(
  store: StateBackend,
  open: () => AsyncIterable<string>,
  options: {
    readonly existing?: 'refuse' | 'replace' | 'keep'
    readonly dryRun?: boolean
    readonly signal?: AbortSignal
  } = {},
): Promise<ImportReport> {
  const { existing = 'refuse', dryRun = false, signal } = options
  const report = { entries: 0, added: 0, replaced: 0, kept: 0 }
  for await (const line of linesIn(open())) {
    signal?.throwIfAborted()
    const held = await store.scope(line.scope).get(line.key)
    if (held && existing === 'refuse') throw occupied(line)
    report.entries++
    report[held ? (existing === 'keep' ? 'kept' : 'replaced') : 'added']++
  }
  if (!dryRun) await write(store, linesIn(open()), existing, signal)
  return report
}

async function write(
  store: StateBackend,
  lines: AsyncIterable<Line>,
  existing: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let ops: StateOp[] = []
  let bytes = 0
  for await (const line of lines) {
    signal?.throwIfAborted()
    if (existing === 'keep' && (await store.scope(line.scope).get(line.key))) continue
    if (line.expiresAt !== undefined && line.expiresAt <= Date.now()) continue
    ops.push(opOf(line))
    bytes += JSON.stringify(line).length
    if (ops.length < AT_ONCE && bytes < MOST_BYTES) continue
    await store.commit(ops)
    ops = []
    bytes = 0
  }
  if (ops.length > 0) await store.commit(ops)
}

function opOf(line: Line): StateOp {
  const { scope, key, value, bytes } = line
  const held = bytes === undefined ? value! : new Uint8Array(Buffer.from(bytes, 'base64'))
  return { op: 'put', scope, key, value: held, ...sealingOf(line) }
}

async function* linesIn(source: AsyncIterable<string>): AsyncGenerator<Line> {
  let [number, entries] = [0, 0]
  let told: number | undefined
  for await (const text of split(source)) {
    number++
    const line = parsed(text, number)
    if (number === 1) checkHead(line)
    else if (told !== undefined) throw invalid(number, 'nothing behind the count', 'more')
    else if (typeof line['entries'] === 'number') told = line['entries']
    else {
      entries++
      yield checked(line, number)
    }
  }
  if (told !== entries)
    throw invalid(number, `a last line with the count ${entries}`, String(told ?? 'none'))
}

async function* split(source: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of source) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    if (rest.length > MOST_LINE) throw invalid(0, `lines of at most ${MOST_LINE} characters`, 'one')
    yield* lines
  }
  if (rest !== '') yield rest
}

function parsed(text: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const line: unknown = JSON.parse(text)
    if (typeof line === 'object' && line !== null) return line as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw invalid(number, 'a JSON object', `'${text.slice(0, 40)}'`)
}

function checkHead({ llmspell, format }: Readonly<Record<string, unknown>>): void {
  if (llmspell !== 'state') throw invalid(1, '{"llmspell":"state","format":1}', 'another head')
  if (format === 1) return
  throw new SpellError(
    'STATE_NEWER',
    `The export has another format: expected '1', found '${String(format)}'.`,
    { hint: 'Import it with the version that made it, or a newer one.' },
  )
}

const TEXTS = ['tenant', 'kind', 'id'] as const

function checked(line: Readonly<Record<string, unknown>>, number: number): Line {
  const scope = line['scope'] as Readonly<Record<string, unknown>> | null | undefined
  if (typeof scope !== 'object' || !TEXTS.every((part) => typeof scope?.[part] === 'string'))
    throw invalid(number, 'a scope of tenant, kind and id', 'another')
  if (typeof line['key'] !== 'string') throw invalid(number, "a text as 'key'", typeof line['key'])
  if ((line['value'] === undefined) === (typeof line['bytes'] !== 'string'))
    throw invalid(number, "either 'value' or 'bytes'", 'none or both')
  return line as unknown as Line
}

function invalid(number: number, expected: string, found: string): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `Line ${number} of the export cannot be used: expected ${expected}, found ${found}.`,
    { hint: 'Export it again; nothing was imported.' },
  )
}

function occupied({ scope, key }: Line): SpellError {
  const where = `${scope.kind}${scope.id === '' ? '' : `:${scope.id}`}`
  return new SpellError(
    'STATE_CONFLICT',
    `'${key}' of '${where}' has a value: expected none, found one.`,
    { hint: 'Say whether to replace or to keep what is there; nothing was imported.' },
  )
}
