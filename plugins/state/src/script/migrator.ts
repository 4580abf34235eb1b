import { isDeepStrictEqual } from 'node:util'
import { isSpellError, SpellError, toErrorRecord, violations } from '@llmspell/sdk'
import type {
  CallContext,
  CommitOptions,
  Expect,
  HookPoint,
  SchemaCompiler,
  Scope,
  StateBackend,
  StateOp,
  Value,
} from '@llmspell/sdk'
import { STATE_SCOPE } from '@llmspell/sdk/store'
import { decoded, encoded } from '../json.ts'
import { asked } from '../points.ts'
import type { Parts } from '../reader.ts'
import { checkKey, textOf } from '../scope.ts'
import { failed, oldestOf, tableOf } from './definitions.ts'
import type { Definition, Table } from './definitions.ts'
import { BY, withVersion } from './keeping.ts'
import { versionKey } from './version-key.ts'

export interface MigratorParts extends Parts {
  readonly migration: HookPoint<'state.migration'>
  readonly schemas: () => SchemaCompiler
}

export interface Migrated {
  readonly from: number
  readonly to: number
  /** Keys that are others. */
  readonly changed: number
}

export interface Wanted {
  readonly target: number
  readonly dryRun?: boolean
  /** False: tells the version that is kept, and changes nothing where it is another. */
  readonly auto?: boolean
}

interface Writing {
  readonly held: Held
  readonly ops: readonly StateOp[]
  readonly target: number
  readonly once: { readonly once?: string }
}

/** What was read of a scope, as a journal keeps it. */
interface Held {
  readonly version: number
  readonly rev: string | null
  readonly rows: readonly Row[]
}

type Row = readonly [key: string, value: Value, rev: string, expiresAt: number | null]

/** Brings one scope from version to version, the whole of it in one commit. */
export class Migrator {
  readonly #parts: MigratorParts

  constructor(parts: MigratorParts) {
    this.#parts = parts
  }

  /** The version that is kept; of an empty scope the defined one. @throws STATE_NEWER */
  async version(definition: Definition, context: CallContext): Promise<number> {
    return (await this.#held(definition, context)).version
  }

  /**
   * Reads and writes are steps: in a durable run a resume neither reads nor writes again what was done.
   *
   * @throws STATE_NEWER, STATE_MIGRATION_FAILED, HOOK_CANCELLED, PERMISSION_DENIED, STATE_CONFLICT
   */
  async migrate(
    definition: Definition,
    { target, dryRun = false, auto = true }: Wanted,
    context: CallContext,
  ): Promise<Migrated> {
    const { scope } = definition
    const read = (inner: CallContext): Promise<Value> =>
      this.#held(definition, inner) as Promise<unknown> as Promise<Value>
    const held = (await context.step('read', read, { effect: 'pure' })) as unknown as Held
    if (!auto && held.version !== target)
      return { from: held.version, to: held.version, changed: 0 }
    await this.#parts.guard.require(scope, true, 'migrate', context)
    const old = tableIn(held)
    const table = await this.#through(definition, held.version, target, old)
    await this.#checkShape(definition, table)
    const ops = this.#opsOf(definition, held, old, table, context)
    const made = { from: held.version, to: target, changed: ops.length }
    if (dryRun || isDone(held, ops, target)) return made
    const write = async (inner: CallContext, step: { idempotencyKey: string }): Promise<void> => {
      if (held.version !== target) await this.#ask(definition, made, inner)
      const once = context.durable === undefined ? {} : { once: step.idempotencyKey }
      await this.#write(scope, { held, ops, target, once }, inner)
    }
    await context.step('write', write, { effect: 'idempotent' })
    return made
  }

  async #held(definition: Definition, context: CallContext): Promise<Held> {
    const { scope, version } = definition
    const { guard, state } = this.#parts
    await guard.require(scope, false, 'define', context)
    const store = await state.backend()
    const rows: Row[] = []
    for await (const [key, entry] of store.scope(scope).iterate()) {
      guard.seen(entry.schema, context)
      rows.push([key, decoded(entry.value), String(entry.rev), entry.expiresAt ?? null])
    }
    const kept = await store.scope(STATE_SCOPE).get<number>(versionKey(scope))
    const found = kept?.value ?? (rows.length === 0 ? version : oldestOf(definition))
    if (found > version) throw newer(definition, found)
    return { version: found, rev: kept ? String(kept.rev) : null, rows }
  }

  async #through(
    definition: Definition,
    from: number,
    target: number,
    start: Table,
  ): Promise<Table> {
    if (target < from) throw failed(definition, `it is at ${from}, and a step leads upwards only`)
    let table = start
    for (let at = from; at < target; at++) {
      const step = definition.steps.get(at)
      if (!step) throw failed(definition, `expected a step from version ${at}, found none`)
      table = tableOf(await step(table).catch(reason(definition)), definition)
    }
    return table
  }

  async #checkShape(definition: Definition, table: Table): Promise<void> {
    if (definition.schema === undefined) return
    const check = await this.#parts.schemas().compile(definition.schema)
    if (check(table)) return
    const [first] = violations(check.errors ?? [])
    if (first) throw failed(definition, `'${first.path}' should be ${first.expected}`)
  }

  #opsOf(
    { scope }: Definition,
    { rows }: Held,
    old: Table,
    table: Table,
    context: CallContext,
  ): StateOp[] {
    const schema = this.#parts.guard.markOf(context)
    const ends = new Map(rows.map(([key, , , expiresAt]) => [key, expiresAt]))
    const gone = [...ends.keys()].filter((key) => !Object.hasOwn(table, key))
    const changed = Object.entries(table).filter(
      ([key, value]) => !isDeepStrictEqual(value, old[key]),
    )
    const puts = changed.map(([key, value]): StateOp => {
      const given = context.redact?.(value) ?? value
      const json = encoded(given)
      this.#parts.quota.take(key.length + JSON.stringify(json).length, context)
      const mark = schema === undefined ? {} : { schema }
      return {
        op: 'put',
        scope,
        key: checkKey(key),
        value: json,
        ...mark,
        ...ttlOf(ends.get(key)),
      }
    })
    return [...puts, ...gone.map((key): StateOp => ({ op: 'delete', scope, key }))]
  }

  #ask(definition: Definition, { from, to }: Migrated, { runId }: CallContext): Promise<void> {
    const schema = textOf(definition.scope)
    return asked(this.#parts.migration, { run_id: runId, schema, from, to })
  }

  async #write(
    scope: Scope,
    { held, ops, target, once }: Writing,
    context: CallContext,
  ): Promise<void> {
    const store = await this.#parts.state.backend()
    const key = versionKey(scope)
    if (ops.length > 0) await this.#backupOf(scope, context)
    const rev = held.rev === null ? 'absent' : BigInt(held.rev)
    const expect: Expect[] = [{ scope: STATE_SCOPE, key, rev }]
    for (const [name, , was] of held.rows) expect.push({ scope, key: name, rev: BigInt(was) })
    const version: StateOp = { op: 'put', scope: STATE_SCOPE, key, value: target }
    await commit(store, [...ops, version], { expect, ...once }, scope)
  }

  /** A store without a folder, such as one in memory, has no place for it. */
  async #backupOf(scope: Scope, context: CallContext): Promise<void> {
    const select = withVersion(scope)
    const spend = (bytes: number): void => this.#parts.quota.take(bytes, context)
    try {
      const backups = await this.#parts.state.backups()
      await backups.create({ select, reason: 'migration', by: BY, spend })
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'STATE_UNAVAILABLE') throw error
    }
  }
}

async function commit(
  store: StateBackend,
  ops: readonly StateOp[],
  options: CommitOptions,
  scope: Scope,
): Promise<void> {
  try {
    await store.commit(ops, { ...options, durability: 'sync' })
  } catch (cause) {
    if (!isSpellError(cause) || cause.code !== 'STATE_CONFLICT') throw cause
    throw new SpellError(
      'STATE_CONFLICT',
      `'${textOf(scope)}' was changed while it was migrated: expected it at rest, found changes.`,
      { hint: 'Migrate it again; the old data counts.', cause },
    )
  }
}

function isDone({ rev, version }: Held, ops: readonly StateOp[], target: number): boolean {
  return rev !== null && version === target && ops.length === 0
}

function tableIn({ rows }: Held): Table {
  return Object.fromEntries(rows.map(([key, value]) => [key, value]))
}

function reason(definition: Definition): (error: unknown) => never {
  return (error) => {
    throw failed(definition, toErrorRecord(error).message, error)
  }
}

function ttlOf(at: number | null | undefined): { readonly ttlMs?: number } {
  return typeof at === 'number' ? { ttlMs: Math.max(1, at - Date.now()) } : {}
}

function newer({ scope, version }: Definition, found: number): SpellError {
  return new SpellError(
    'STATE_NEWER',
    `The data of '${textOf(scope)}' has a newer version: expected at most ${version}, found ${found}.`,
    { hint: 'Use the script that wrote it, or a newer one. Nothing was touched.' },
  )
}
