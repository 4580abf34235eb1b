import type { CallContext, ScriptCall, ScriptHandler, Value } from '@llmspell/sdk'
import { schemaVersions } from '@llmspell/sdk/store'
import { scopeOf, textOf } from '../scope.ts'
import type { ScopeSpec } from '../scope.ts'
import { Definitions } from './definitions.ts'
import type { Definition, DefineSpec } from './definitions.ts'
import { Keeping } from './keeping.ts'
import type { CreateOptions } from './keeping.ts'
import { Migrator } from './migrator.ts'
import type { Migrated, MigratorParts } from './migrator.ts'

interface Define extends DefineSpec {
  readonly scope: ScopeSpec
  readonly auto?: boolean
}

interface MigrateOptions {
  readonly scope?: ScopeSpec
  readonly dry_run?: boolean
}

type Handlers = Record<string, ScriptHandler>

/** What scripts can do with versions and backups. */
export class KeepingOperations {
  readonly #parts: MigratorParts
  readonly #definitions = new Definitions()
  readonly #migrator: Migrator
  readonly #keeping: Keeping

  constructor(parts: MigratorParts) {
    this.#parts = parts
    this.#migrator = new Migrator(parts)
    this.#keeping = new Keeping(parts)
  }

  async define(spec: Define, context: CallContext): Promise<Value> {
    const definition = this.#definitions.add(scopeOf(spec.scope, context), spec, context)
    const { version } = definition
    const wanted = { target: version, auto: spec.auto !== false }
    const { from, to } = await this.#migrator.migrate(definition, wanted, context)
    return { current_version: to, migrated: from !== to }
  }

  async migrate(
    target: number | undefined,
    { scope, dry_run: dryRun = false }: MigrateOptions,
    context: CallContext,
  ): Promise<Value> {
    const only = scope === undefined ? undefined : textOf(scopeOf(scope, context))
    const all = this.#definitions.all(context)
    const rows: { readonly [key: string]: Value }[] = []
    for (const one of all.filter((each) => only === undefined || textOf(each.scope) === only)) {
      const to = target ?? one.version
      const made = await this.#migrator.migrate(one, { target: to, dryRun }, context)
      rows.push(rowOf(one, made, dryRun))
    }
    const changed = rows.some((row) => row['status'] === 'completed')
    const status = dryRun ? 'planned' : changed ? 'completed' : 'current'
    return {
      success: true,
      status,
      current_version: rows[0]?.['current_version'] ?? 0,
      target_version: rows[0]?.['target_version'] ?? 0,
      changed: rows.reduce((sum, row) => sum + (row['changed'] as number), 0),
      scopes: rows,
    }
  }

  async status(context: CallContext): Promise<Value> {
    const scopes: Value[] = []
    for (const definition of this.#definitions.all(context)) {
      const current = await this.#migrator.version(definition, context)
      const { version, scope } = definition
      const pending = version - current
      scopes.push({
        scope: textOf(scope),
        current_version: current,
        target_version: version,
        pending,
      })
    }
    return scopes
  }

  /** Versions of scopes that scripts can name. */
  async versions(context: CallContext): Promise<Value> {
    const all = await schemaVersions(await this.#parts.state.backend())
    const rows: [string, number][] = []
    for (const [name, version] of Object.entries(all)) {
      const [kind, id] = [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)]
      if (kind === 'run' || kind === 'plugin') continue
      const text = kind === 'global' ? kind : `${kind}:${id}`
      if (this.#parts.guard.allows(scopeOf(text, context), context)) rows.push([text, version])
    }
    return Object.fromEntries(rows)
  }

  /** By the names of the module. */
  get handlers(): Handlers {
    const keeping = this.#keeping
    return {
      define: ({ args: [spec], context }: ScriptCall<[Define]>) => this.define(spec, context),
      migrate: ({ args: [version, opts], context }: ScriptCall<[number?, MigrateOptions?]>) =>
        this.migrate(version, opts ?? {}, context),
      get_migration_status: ({ context }: ScriptCall<[]>) => this.status(context),
      get_schema_versions: ({ context }: ScriptCall<[]>) => this.versions(context),
      create_backup: ({ args: [opts], context }: ScriptCall<[CreateOptions?]>) =>
        keeping.create(opts ?? {}, context),
      list_backups: ({ context }: ScriptCall<[]>) => keeping.list(context),
      validate_backup: ({ args: [id], context }: ScriptCall<[string]>) =>
        keeping.validate(id, context),
      restore_backup: ({
        args: [id, opts],
        context,
      }: ScriptCall<[string, { dry_run?: boolean }?]>) => keeping.restore(id, opts ?? {}, context),
      cleanup_backups: ({ args: [opts], context }: ScriptCall<[{ keep?: number }?]>) =>
        keeping.cleanup(opts ?? {}, context),
      get_storage_usage: ({ context }: ScriptCall<[]>) => keeping.usage(context),
    }
  }
}

function rowOf(
  { scope }: Definition,
  { from, to, changed }: Migrated,
  dryRun: boolean,
): { readonly [key: string]: Value } {
  return {
    scope: textOf(scope),
    status: dryRun ? 'planned' : from === to ? 'current' : 'completed',
    current_version: dryRun ? from : to,
    target_version: to,
    changed,
  }
}
