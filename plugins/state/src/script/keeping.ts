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
import { STATE_SCOPE } from '@llmspell/sdk/store'
import { unknownBackup } from '../backups/chain.ts'
import type { Parts } from '../reader.ts'
import { scopeOf } from '../scope.ts'
import type { ScopeSpec } from '../scope.ts'
import { versionKey } from './version-key.ts'

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
/** The versions of their data, which go where the data go. */
const VERSIONS: readonly Selector[] = KINDS.map((kind) => ({
  ...STATE_SCOPE,
  prefix: versionKey({ kind, id: '' }),
}))
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
    const named = scopes?.map((spec) => scopeOf(spec, context))
    await this.#parts.guard.requireStore(false, 'create_backup', context)
    await this.#ask(named ?? OPEN, false, 'create_backup', context)
    const select = named ? named.flatMap(withVersion) : [...OPEN, ...VERSIONS]
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
    const backups = await this.#backups()
    await this.#own(backups, id)
    return rowOf(await backups.validate(id))
  }

  async restore(
    id: string,
    { dry_run: dryRun = false }: { readonly dry_run?: boolean },
    context: CallContext,
  ): Promise<Value> {
    const backups = await this.#backups()
    await this.#parts.guard.requireStore(true, 'restore_backup', context)
    await this.#own(backups, id)
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
    return [...OPEN, ...VERSIONS]
  }

  /** Those of others are as unknown as those that never were. @throws STATE_BACKUP_UNKNOWN */
  async #own(backups: StateBackups, id: string): Promise<void> {
    const own = (await backups.list()).filter(({ by }) => by === BY).map((info) => info.id)
    if (!own.includes(id)) throw unknownBackup(id, own, 'the backups of scripts')
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

/** What a scope holds, and the version that it has. */
export function withVersion({ tenant, kind, id }: Scope): readonly Selector[] {
  return [
    { tenant, kind, id },
    { ...STATE_SCOPE, key: versionKey({ kind, id }) },
  ]
}

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
