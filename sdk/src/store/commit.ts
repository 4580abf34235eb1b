import type { CommitOptions, Expect, Rev, Scope, StateOp } from '../contracts/state.ts'
import { changedSince, conflict, invalid, tooLarge } from './errors.ts'
import type { Miss } from './errors.ts'
import { wrapped } from './envelope.ts'
import { dataRow, onceRow, placeOf, scopePrefix, selects } from './keys.ts'
import { expiryOf, payloadOf } from './payload.ts'
import type { Stage, Write } from './stage.ts'

const NOTHING = Buffer.alloc(0)
const MAX_COMMIT_BYTES = 64 * 1024 * 1024

type Unchanged = NonNullable<CommitOptions['unchanged']>

export interface Expected {
  readonly row: Buffer
  readonly rev: Rev
}

/** What a commit writes, as bytes. All that can be wrong with it is found here. */
function writesOf(ops: readonly StateOp[], now: number): Write[] {
  let bytes = 0
  let scope: Scope | null = null
  let prefix: Buffer = NOTHING
  return ops.map((op) => {
    // Most commits stay in one scope: its bytes are made once.
    if (op.scope !== scope) prefix = scopePrefix((scope = op.scope))
    const write = writeOf(op, prefix, now)
    bytes += write.row.length + (write.envelope?.length ?? 0)
    if (bytes > MAX_COMMIT_BYTES) throw tooLarge('The commit', MAX_COMMIT_BYTES, bytes)
    return write
  })
}

function writeOf(op: StateOp, prefix: Buffer, now: number): Write {
  const row = dataRow(prefix, op.key)
  if (op.op === 'delete') return { row }
  if (op.op !== 'put') throw invalid('op', "'put' or 'delete'", String((op as StateOp).op))
  const sealing = { expiresAt: expiryOf(op.ttlMs, now), schema: schemaOf(op.schema) }
  return { row, envelope: wrapped(payloadOf(op.value, op.key), sealing) }
}

function schemaOf(schema: string | undefined): string | undefined {
  if (schema === undefined || (schema.isWellFormed() && schema.length <= 1024)) return schema
  throw invalid('schema', 'a well-formed text of at most 1024 characters', 'another')
}

export function expectedOf(expect: readonly Expect[] = []): Expected[] {
  return expect.map(({ scope, key, rev }) => {
    if (rev !== 'absent' && typeof rev !== 'bigint')
      throw invalid('rev', "a revision, or 'absent'", typeof rev)
    return { row: dataRow(scopePrefix(scope), key), rev }
  })
}

/** @throws STATE_CONFLICT with all that is not as expected */
export function meet(stage: Stage, expected: readonly Expected[]): void {
  const misses = expected.flatMap(({ row, rev }): Miss[] => {
    const found = stage.rev(row) ?? 'absent'
    if (found === rev) return []
    return [{ ...placeOf(row)!, expected: String(rev), found: String(found) }]
  })
  if (misses.length > 0) throw conflict(misses)
}

/** @throws STATE_CONFLICT */
function meetUnchanged(stage: Stage, { select, since }: Unchanged): void {
  const touches = (row: Buffer): boolean => {
    const place = placeOf(row)
    return place !== undefined && selects(select, place)
  }
  if (!stage.untouched(since, touches)) throw changedSince(since, stage.head.seq)
}

/** One commit in its turn: known already, refused, or staged. */
export function staged(
  stage: Stage,
  { writes, expected, unchanged, once }: Prepared,
): { seq: bigint; duplicate: boolean } {
  const known = once === undefined ? undefined : stage.once(once)
  if (known !== undefined) return { seq: known, duplicate: true }
  meet(stage, expected)
  if (unchanged) meetUnchanged(stage, unchanged)
  if (once === undefined) return { seq: stage.commit(writes), duplicate: false }
  const sealing = { expiresAt: stage.forgets, schema: undefined }
  const mark = wrapped({ json: true, bytes: Buffer.from('null') }, sealing)
  return { seq: stage.commit(writes, [{ row: onceRow(once), envelope: mark }]), duplicate: false }
}

export interface Prepared {
  readonly writes: readonly Write[]
  readonly expected: readonly Expected[]
  readonly unchanged: Unchanged | undefined
  readonly once: string | undefined
}

export function prepared(ops: readonly StateOp[], options: CommitOptions, now: number): Prepared {
  if (options.once !== undefined) onceRow(options.once)
  const { expect, unchanged, once } = options
  return { writes: writesOf(ops, now), expected: expectedOf(expect), unchanged, once }
}
