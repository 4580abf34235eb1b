import type {
  BackupInfo,
  CallContext,
  Scope,
  ScopeKind,
  Selector,
  StateBackups,
  Value,
} from '@llmspell/sdk'
import { inputDuration } from '@llmspell/sdk'
import type { Parts } from '../reader.ts'
import { scopeOf } from '../scope.ts'
import type { ScopeSpec } from '../scope.ts'

const TENANT = 'local'
/** Backups that scripts made; they remove no others. */
export const BY = 'script'
/** Scopes that scripts can name: what belongs to runs and plugins is not theirs to keep or to bring back. */
const KINDS = [
  'global',
  'agent',
  'session',
  'workflow',
  'tool',
  'user',
  'custom',
] as const satisfies readonly ScopeKind[]
const OPEN: readonly Selector[] = KINDS.map((kind) => ({ tenant: TENANT, kind }))
const AGE = [0, 100 * 365 * 24 * 3600 * 1000] as const

export interface CreateOptions {
  readonly incremental?: boolean
  readonly scopes?: readonly ScopeSpec[]
}

/** Backups as scripts see them: of scopes that they may read and write. */
export class Keeping {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async create(options: CreateOptions, context: CallContext): Promise<Value> {
    const { incremental = false, scopes } = options
    const select = scopes ? scopes.map((spec) => selectorOf(scopeOf(spec, context))) : OPEN
    await this.#parts.guard.requireStore(false, 'create_backup', context)
    await this.#ask(select, false, 'create_backup', context)
    const backups = await this.#backups()
    const spend = this.#spend(context)
    const { signal } = context
    return rowOf(await backups.create({ select, incremental, by: BY, spend, signal }))
  }

  async list(context: CallContext): Promise<Value> {
    await this.#parts.guard.requireStore(false, 'list_backups', context)
    const infos = await (await this.#backups()).list()
    return infos.filter(({ by }) => by === BY).map(rowOf)
  }

  async validate(id: string, context: CallContext): Promise<Value> {
    await this.#parts.guard.requireStore(false, 'validate_backup', context)
    return rowOf(await (await this.#backups()).validate(id))
  }

  async restore(
    id: string,
    { dry_run: dryRun = false }: { readonly dry_run?: boolean },
    context: CallContext,
  ): Promise<Value> {
    const backups = await this.#backups()
    await this.#parts.guard.requireStore(true, 'restore_backup', context)
    await this.#ask(OPEN, true, 'restore_backup', context)
    const within = await this.#within(backups, id, context)
    const { plan, restored, before } = await backups.restore(id, {
      within,
      dryRun,
      by: BY,
      spend: this.#spend(context),
      signal: context.signal,
    })
    const { entries, adds, changes, same, removes } = plan
    return {
      restored,
      entries,
      adds,
      changes,
      same,
      removes,
      ...(before ? { before: before.id } : {}),
    }
  }

  async cleanup(
    { keep, older_than: age }: { readonly keep?: number; readonly older_than?: number | string },
    context: CallContext,
  ): Promise<Value> {
    await this.#parts.guard.requireStore(true, 'cleanup_backups', context)
    const olderThanMs =
      age === undefined ? undefined : inputDuration('State.cleanup_backups', 'older_than', age, AGE)
    const backups = await this.#backups()
    return backups.cleanup({
      by: BY,
      ...(keep === undefined ? {} : { keep }),
      ...(olderThanMs === undefined ? {} : { olderThanMs }),
    })
  }

  async usage(context: CallContext): Promise<Value> {
    await this.#parts.guard.requireStore(false, 'get_storage_usage', context)
    const store = await this.#parts.state.backend()
    const kinds: Record<string, { scopes: number; entries: number }> = {}
    for (const kind of KINDS) {
      const seen = new Set<string>()
      let entries = 0
      for await (const { scope } of store.entries({ tenant: TENANT, kind })) {
        context.signal.throwIfAborted()
        if (!this.#parts.guard.allows(scope, context)) continue
        entries++
        seen.add(scope.id)
      }
      if (entries > 0) kinds[kind] = { scopes: seen.size, entries }
    }
    const { bytes } = await store.stats()
    const entries = Object.values(kinds).reduce((sum, kind) => sum + kind.entries, 0)
    return { bytes, entries, kinds }
  }

  /** Every scope that it would touch is asked for: those of the backup, and those of the store. */
  async #within(
    backups: StateBackups,
    id: string,
    context: CallContext,
  ): Promise<readonly Selector[]> {
    const { scopes } = await backups.contents(id)
    for (const scope of scopes)
      if ((KINDS as readonly string[]).includes(scope.kind)) {
        await this.#parts.guard.require(scope, false, 'restore_backup', context)
        await this.#parts.guard.require(scope, true, 'restore_backup', context)
      }
    return OPEN
  }

  /** @throws PERMISSION_DENIED for a scope of the store that a rule closes */
  async #ask(
    select: readonly Selector[],
    writes: boolean,
    fn: string,
    context: CallContext,
  ): Promise<void> {
    const store = await this.#parts.state.backend()
    for (const selector of select) {
      let last: string | undefined
      for await (const { scope } of store.entries(selector)) {
        context.signal.throwIfAborted()
        if (scope.id === last) continue
        last = scope.id
        await this.#parts.guard.require(scope, writes, fn, context)
      }
    }
  }

  #spend(context: CallContext): (bytes: number) => void {
    return (bytes) => this.#parts.quota.take(bytes, context)
  }

  #backups(): Promise<StateBackups> {
    return this.#parts.state.backups()
  }
}

const selectorOf = ({ tenant, kind, id }: Scope): Selector => ({ tenant, kind, id })

function rowOf({ id, createdAt, size, entries, checksum, follows, reason }: BackupInfo): {
  readonly [key: string]: Value
} {
  return {
    id,
    created_at: new Date(createdAt).toISOString(),
    size,
    entries,
    checksum,
    reason,
    ...(follows === undefined ? {} : { follows }),
  }
}
