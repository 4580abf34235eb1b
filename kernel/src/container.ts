import {
  asFunction,
  asValue,
  createContainer,
  type AwilixContainer,
  type Resolver,
} from 'awilix/browser'
import type { Logger } from '@llmspell/sdk'
import { ownError } from './activation.ts'
import { ConfigSections } from './config.ts'
import { ExtensionCatalogue } from './extensions.ts'
import { HookCatalogue } from './hooks.ts'
import { ComponentLifecycleManager } from './lifecycle.ts'
import { Loader } from './loader.ts'
import { loggerFor } from './logger.ts'
import type { KernelConfig, KernelOptions, Limits } from './options.ts'
import type { Plan } from './plan.ts'
import { PackageChecks } from './plugin-checks.ts'
import { AjvSchemas } from './schemas.ts'
import { ServiceRegistry } from './services.ts'
import type { UndoList } from './undo.ts'

/** The parts of the kernel. Plugins never see them: they have `ctx.use`. */
export interface KernelCradle {
  readonly plan: Plan
  readonly limits: Limits
  readonly logger: Logger
  readonly config: ConfigSections
  readonly services: ServiceRegistry
  readonly extensions: ExtensionCatalogue
  readonly hooks: HookCatalogue
  readonly schemas: AjvSchemas
  readonly plugins: PackageChecks
  readonly loader: Loader
  readonly scopes: PluginScopes
  readonly lifecycle: ComponentLifecycleManager
}

/** The values that the parts are built from. */
export interface KernelValues {
  readonly plan: Plan
  readonly limits: Limits
  readonly logger: Logger
  readonly sections: KernelConfig
  readonly options: KernelOptions
}

type Container = AwilixContainer<KernelCradle>

/** Builds the container of one kernel; parts come to be when they are first asked for. */
export function createParts(values: KernelValues): KernelCradle {
  const { plan, limits, logger, sections, options } = values
  const container: Container = createContainer<KernelCradle>({ strict: true })
  const activate = (id: string): Promise<void> => container.cradle.lifecycle.activate(id)
  container.register({ plan: asValue(plan), limits: asValue(limits), logger: asValue(logger) })
  container.register({
    config: one(({ schemas }) => new ConfigSections(sections, schemas)),
    services: one(() => new ServiceRegistry()),
    extensions: one((parts) => new ExtensionCatalogue({ plan: parts.plan, activate })),
    hooks: one((parts) => new HookCatalogue(hookParts(parts, activate))),
    schemas: one(() => new AjvSchemas()),
    plugins: one(({ schemas }) => new PackageChecks(options, schemas)),
    loader: one(
      (parts) =>
        new Loader(
          (id, why) => void parts.lifecycle.quarantine(id, ownError(why, id)),
          options.trial,
        ),
    ),
    scopes: one((parts) => new PluginScopes(container, parts)),
    lifecycle: one((parts) => new ComponentLifecycleManager(pick(parts))),
  })
  return container.cradle
}

function one<T>(build: (parts: KernelCradle) => T): Resolver<T> {
  return asFunction(build).singleton()
}

function hookParts(parts: KernelCradle, activate: (id: string) => Promise<void>) {
  const { plan, logger, limits, config } = parts
  const ignoresFailure = (id: string): boolean => config.ignoresFailure(id)
  const gives = (id: string, key: string): boolean => config.gives(id, key)
  const { order, rejected } = plan
  return { order, rejected, logger, tapLimit: limits.tap, activate, ignoresFailure, gives }
}

function pick(parts: KernelCradle): ConstructorParameters<typeof ComponentLifecycleManager>[0] {
  const { plan, limits, logger, config, services, extensions, hooks, loader, scopes } = parts
  return { plan, limits, logger, config, services, extensions, hooks, loader, scopes }
}

/** What one plugin sees of the kernel. */
export interface PluginScope {
  readonly logger: Logger
  /** The service as this plugin sees it, or undefined while nobody provides it. */
  service(name: string): unknown
  close(): void
}

/** One scope of the container per active plugin. */
export class PluginScopes {
  readonly #container: Container
  readonly #parts: KernelCradle
  #open = 0

  constructor(container: Container, parts: KernelCradle) {
    this.#container = container
    this.#parts = parts
    this.replan()
  }

  /** Takes over the services of the plan. */
  replan(): void {
    const { services, plan } = this.#parts
    for (const name of plan.providers.keys()) {
      // Of our own, because awilix would cache the first value for ever.
      const live: Resolver<unknown> = { resolve: () => services.current(name), isLeakSafe: true }
      this.#container.register(keyOf(name), live)
    }
  }

  /** Number of open scopes. */
  get open(): number {
    return this.#open
  }

  create(id: string, undo: UndoList): PluginScope {
    const scope = this.#container.createScope()
    const { hooks, extensions, schemas, plugins, logger } = this.#parts
    scope.register({
      [keyOf('hooks')]: asFunction(() => hooks.view(id, undo)).scoped(),
      [keyOf('extensions')]: asValue(extensions),
      [keyOf('schemas')]: asValue(schemas),
      [keyOf('plugins')]: asValue(plugins),
    })
    this.#open++
    return {
      logger: loggerFor(logger, id),
      service: (name) => scope.resolve(keyOf(name), { allowUnregistered: true }),
      close: () => void this.#open--,
    }
  }
}

function keyOf(service: string): string {
  return `service:${service}`
}
