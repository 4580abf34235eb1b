import { isDeepStrictEqual } from 'node:util'
import { isSpellError, SpellError, toErrorRecord, violations } from '@llmspell/sdk'
import type {
  CallContext,
  Entry,
  Expect,
  HookPoint,
  Json,
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

interface Held {
  readonly version: number
  readonly rev: bigint | undefined
  readonly entries: ReadonlyMap<string, Entry<Json | Uint8Array>>
}

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

  /** @throws STATE_NEWER, STATE_MIGRATION_FAILED, HOOK_CANCELLED, PERMISSION_DENIED, STATE_CONFLICT */
  async migrate(
    definition: Definition,
    target: number,
    dryRun: boolean,
    context: CallContext,
  ): Promise<Migrated> {
    const { scope } = definition
    await this.#parts.guard.require(scope, true, 'migrate', context)
    const held = await this.#held(definition, context)
    const old = tableIn(held)
    const table = await this.#through(definition, held.version, target, old)
    await this.#checkShape(definition, table)
    const ops = this.#opsOf(definition, held, old, table, context)
    const made = { from: held.version, to: target, changed: ops.length }
    if (dryRun) return made
    if (held.version !== target) await this.#ask(definition, made, context)
    await this.#write(definition, held, ops, target)
    return made
  }

  async #held(definition: Definition, context: CallContext): Promise<Held> {
    const { scope, version } = definition
    const { guard, state } = this.#parts
    await guard.require(scope, false, 'define', context)
    const store = await state.backend()
    const entries = new Map<string, Entry<Json | Uint8Array>>()
    for await (const [key, entry] of store.scope(scope).iterate()) {
      guard.seen(entry.schema, context)
      entries.set(key, entry)
    }
    const kept = await store.scope(STATE_SCOPE).get<number>(versionKey(scope))
    const found = kept?.value ?? (entries.size === 0 ? version : oldestOf(definition))
    if (found > version) throw newer(definition, found)
    return { version: found, rev: kept?.rev, entries }
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
    { entries }: Held,
    old: Table,
    table: Table,
    context: CallContext,
  ): StateOp[] {
    const schema = this.#parts.guard.markOf(context)
    const gone = [...entries.keys()].filter((key) => !Object.hasOwn(table, key))
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
        ...ttlOf(entries.get(key)),
      }
    })
    return [...puts, ...gone.map((key): StateOp => ({ op: 'delete', scope, key }))]
  }

  #ask(definition: Definition, { from, to }: Migrated, { runId }: CallContext): Promise<void> {
    const schema = textOf(definition.scope)
    return asked(this.#parts.migration, { run_id: runId, schema, from, to })
  }

  async #write(
    { scope }: Definition,
    held: Held,
    ops: readonly StateOp[],
    target: number,
  ): Promise<void> {
    const store = await this.#parts.state.backend()
    const key = versionKey(scope)
    const rev = held.rev ?? 'absent'
    if (held.rev !== undefined && held.version === target && ops.length === 0) return
    if (ops.length > 0) await this.#backupOf(scope)
    const expect: Expect[] = [{ scope: STATE_SCOPE, key, rev }]
    for (const [name, entry] of held.entries) expect.push({ scope, key: name, rev: entry.rev })
    const version: StateOp = { op: 'put', scope: STATE_SCOPE, key, value: target }
    await commit(store, [...ops, version], expect, scope)
  }

  /** A store without a folder, such as one in memory, has no place for it. */
  async #backupOf({ tenant, kind, id }: Scope): Promise<void> {
    try {
      const backups = await this.#parts.state.backups()
      await backups.create({ select: [{ tenant, kind, id }], reason: 'migration' })
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'STATE_UNAVAILABLE') throw error
    }
  }
}

async function commit(
  store: StateBackend,
  ops: readonly StateOp[],
  expect: readonly Expect[],
  scope: Scope,
): Promise<void> {
  try {
    await store.commit(ops, { expect, durability: 'sync' })
  } catch (cause) {
    if (!isSpellError(cause) || cause.code !== 'STATE_CONFLICT') throw cause
    throw new SpellError(
      'STATE_CONFLICT',
      `'${textOf(scope)}' was changed while it was migrated: expected it at rest, found changes.`,
      { hint: 'Migrate it again; the old data counts.', cause },
    )
  }
}

function tableIn({ entries }: Held): Table {
  const pairs = Array.from(entries, ([key, { value }]): [string, Value] => [key, decoded(value)])
  return Object.fromEntries(pairs)
}

function reason(definition: Definition): (error: unknown) => never {
  return (error) => {
    throw failed(definition, toErrorRecord(error).message, error)
  }
}

function ttlOf(entry: Entry<unknown> | undefined): { readonly ttlMs?: number } {
  const at = entry?.expiresAt
  return at === undefined ? {} : { ttlMs: Math.max(1, at - Date.now()) }
}

/** As migrations of plugins keep theirs. */
export function versionKey({ kind, id }: Scope): string {
  return `version/${kind}/${id}`
}

function newer({ scope, version }: Definition, found: number): SpellError {
  return new SpellError(
    'STATE_NEWER',
    `The data of '${textOf(scope)}' has a newer version: expected at most ${version}, found ${found}.`,
    { hint: 'Use the script that wrote it, or a newer one. Nothing was touched.' },
  )
}
