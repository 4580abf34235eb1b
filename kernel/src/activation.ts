import { isPluginError, isSpellError, PluginError, type PluginHost, now } from '@llmspell/sdk'
import { failure } from './codes.ts'
import type { PluginScopes } from './container.ts'
import type { ConfigSections } from './config.ts'
import { createContext } from './context.ts'
import type { ExtensionCatalogue } from './extensions.ts'
import { guarded } from './guarded.ts'
import type { HookCatalogue } from './hooks.ts'
import type { Loader } from './loader.ts'
import type { Limits } from './options.ts'
import type { Plan } from './plan.ts'
import type { ServiceRegistry } from './services.ts'
import type { PluginUnit } from './unit.ts'
import { satisfies } from './versions.ts'

/** The parts of the kernel that an activation works with. */
export interface ActivationParts {
  readonly plan: Plan
  readonly limits: Limits
  readonly config: ConfigSections
  readonly services: ServiceRegistry
  readonly extensions: ExtensionCatalogue
  readonly hooks: HookCatalogue
  readonly loader: Loader
  readonly scopes: PluginScopes
}

/** Imports a plugin, checks its config and runs its setup. @throws PluginError; undoes nothing */
export async function bringUp(unit: PluginUnit, parts: ActivationParts): Promise<void> {
  const { id, record } = unit
  const { limits, config, loader } = parts
  let from = now()
  const lap = (): number => -from + (from = now())
  const host = hostOf(unit, parts)
  const plugin = await guarded(
    id,
    'load',
    () => loader.load(record, host),
    limits.load,
    'its import',
  )
  unit.load = lap()
  const section = await guarded(id, 'config', () => config.read(record), limits.load, 'its config')
  const context = contextOf(unit, section, parts)
  from = now()
  await guarded(id, 'setup', () => plugin.setup(context as never), limits.setup)
  unit.setup = lap()
  unit.missing = missing(unit, parts)
}

/** Aborts the signal, then undoes everything, last in first out. Never rejects. */
export async function tearDown(unit: PluginUnit, limit: number): Promise<readonly unknown[]> {
  unit.controller.abort(disposed(unit.id))
  const failures = await unit.undo.run((label, undo) =>
    guarded(unit.id, 'dispose', undo, limit, `its undo of '${label}'`),
  )
  unit.close()
  unit.close = () => undefined
  return failures
}

/** The failure of a plugin as an error of its own. */
export function asPluginError(error: unknown, id: string): PluginError {
  if (isPluginError(error) && error.owner === id) return error
  const text = error instanceof Error ? error.message : String(error)
  return failure('PLUGIN_SETUP', id, 'setup', text, { cause: error })
}

/** The reason of a host, as an error of the plugin under its own code. */
export function ownError(reason: unknown, id: string): PluginError {
  if (!isSpellError(reason)) return asPluginError(reason, id)
  const { code, message, hint, details } = reason
  const facts = { hint, details, cause: reason.cause }
  return new PluginError(code, message, { ...facts, owner: id, step: 'call' })
}

/** A plugin cannot start, because what it requires did not. */
export function dependencyFailed(id: string, service: string, cause: PluginError): PluginError {
  if (cause.code === 'PLUGIN_CYCLE' && cause.owner === id) return cause
  const text = `Plugin '${id}' requires the service '${service}', whose plugin '${cause.owner}' failed: ${cause.message}`
  return failure('DEPENDENCY_FAILED', id, 'setup', text, { cause, hint: cause.hint })
}

/** The service that runs the code of the plugin; active by now. */
function hostOf({ id }: PluginUnit, { plan, services }: ActivationParts): PluginHost | undefined {
  const host = plan.hosts.get(id)
  if (!host) return undefined
  const service = services.current(host.service)
  if (service !== undefined) return service as PluginHost
  const text = `Plugin '${id}' runs in the host '${host.name}', whose service '${host.service}' was not provided.`
  throw failure('SERVICE_MISSING', id, 'load', text, { hint: "It is a fault of the host's setup." })
}

function contextOf(unit: PluginUnit, config: object, parts: ActivationParts) {
  const { record, undo, controller, id } = unit
  const { services, extensions, hooks, plan, scopes } = parts
  const scope = scopes.create(id, undo)
  unit.close = () => scope.close()
  return createContext({
    record,
    config,
    undo,
    services,
    extensions,
    hooks,
    logger: scope.logger,
    signal: controller.signal,
    resolve: (name) => scope.service(name),
    owns: (name) => plan.providers.get(name) === id,
    available: (name) => inRange(unit, name, plan),
  })
}

function inRange({ record }: PluginUnit, name: string, plan: Plan): boolean {
  const provider = plan.order.find(({ id }) => id === plan.providers.get(name))
  const version = provider?.manifest.provides?.[name]
  return version !== undefined && satisfies(version, record.manifest.optional?.[name] ?? '')
}

/** What the manifest promises and setup did not register. */
function missing({ record, undo }: PluginUnit, parts: ActivationParts): readonly string[] {
  const done = new Set(undo.labels())
  const owned = Object.keys(record.manifest.provides ?? {})
  const services = owned.filter((name) => parts.plan.providers.get(name) === record.id)
  return [
    ...services.filter((name) => !done.has(`provide ${name}`)).map((name) => `service '${name}'`),
    ...parts.extensions.missing(record).map((name) => `contribution '${name}'`),
    // What depends on the config need not be tapped.
    ...record.contributions.hooks
      .filter((name) => !record.contributions.hookKeys.has(name) && !done.has(`tap ${name}`))
      .map((name) => `tap '${name}'`),
  ]
}

function disposed(id: string): PluginError {
  return failure('PLUGIN_DISPOSED', id, 'dispose', `Plugin '${id}' is disposed.`)
}
