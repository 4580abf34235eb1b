import type { ScriptCall, ScriptHandler, ScriptModuleHandlers } from '@llmspell/sdk'
import { validators } from './generated/state.module.validate.js'
import { operations } from './operations.ts'
import type { Operation } from './operations.ts'
import type { MigratorParts } from './script/migrator.ts'
import { scopeOf, textOf } from './scope.ts'
import type { ScopeSpec } from './scope.ts'
import type { Scope } from '@llmspell/sdk'
import type { Watch } from './watch.ts'

type Rest = readonly [first: ScopeSpec, ...rest: readonly unknown[]]

/** The script module `State`. */
export function stateModule(parts: MigratorParts): ScriptModuleHandlers {
  const all = operations(parts)
  const functions = { ...ofModule(all), ...shortCuts(all), ...ofScope(all), ...ofKeeping(parts) }
  return { validators, functions }
}

const KEEPING = [
  'define',
  'migrate',
  'get_migration_status',
  'get_schema_versions',
  'create_backup',
  'list_backups',
  'validate_backup',
  'restore_backup',
  'cleanup_backups',
  'get_storage_usage',
]

/** Versions and backups: few scripts need them, so their code waits for the first. */
function ofKeeping(parts: MigratorParts): Record<string, ScriptHandler> {
  let loading: Promise<Record<string, ScriptHandler>> | undefined
  const load = async (): Promise<Record<string, ScriptHandler>> => {
    const { KeepingOperations } = await import('./script/operations.ts')
    return new KeepingOperations(parts).handlers
  }
  const handler =
    (name: string): ScriptHandler =>
    async (call: Parameters<ScriptHandler>[0]) =>
      (await (loading ??= load()))[name]!(call)
  return Object.fromEntries(KEEPING.map((name) => [name, handler(name)]))
}

type Operations = ReturnType<typeof operations>

/** The scope is the first argument. */
function ofModule(all: Operations): Record<string, ScriptHandler> {
  const within =
    (operation: Operation): ScriptHandler =>
    ({ args: [spec, ...rest], context }: ScriptCall<Rest>) =>
      operation(scopeOf(spec, context), rest as never, context)
  return {
    save: within(all.save),
    load: within(all.load),
    delete: within(all.delete),
    exists: within(all.exists),
    version: within(all.version),
    list_keys: within(all.keys),
    all: within(all.all),
    clear: within(all.clear),
    update: within(all.update),
    scope: ({ args: [spec], context }: ScriptCall<[ScopeSpec]>) => {
      const scope = scopeOf(spec, context)
      return context.handle('StateScope', scope, { scope: textOf(scope) })
    },
  }
}

/** The first argument is the id of a scope of one kind. */
function shortCuts(all: Operations): Record<string, ScriptHandler> {
  const within =
    (type: string, operation: Operation): ScriptHandler =>
    ({ args: [id, ...rest], context }: ScriptCall<readonly [string, ...(readonly unknown[])]>) =>
      operation(scopeOf({ type, id }, context), rest as never, context)
  return {
    workflow_get: within('workflow', all.load),
    workflow_list: within('workflow', all.keys),
    agent_get: within('agent', all.load),
    agent_set: within('agent', all.save),
    tool_get: within('tool', all.load),
    tool_set: within('tool', all.save),
  }
}

function ofScope(all: Operations): Record<string, ScriptHandler> {
  const within =
    (operation: Operation): ScriptHandler =>
    ({ args, self, context }: ScriptCall<readonly unknown[]>) =>
      operation(self as Scope, args as never, context)
  return {
    'StateScope.get': within(all.load),
    'StateScope.set': within(all.save),
    'StateScope.delete': within(all.delete),
    'StateScope.update': within(all.update),
    'StateScope.keys': within(all.keys),
    'StateScope.all': within(all.all),
    'StateScope.clear': within(all.clear),
    'StateScope.watch': within(all.watch),
    'StateWatch.close': ({ self, context }: ScriptCall<[]>) => (self as Watch).close(context),
  }
}
