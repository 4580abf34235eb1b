import {
  didYouMean,
  isPluginError,
  SpellError,
  type ExtensionRegistry,
  type HookRegistry,
  type PluginError,
  type Services,
} from '@llmspell/sdk'
import { checkAll } from './check.ts'
import { failure } from './codes.ts'
import { createParts, type KernelCradle } from './container.ts'
import { discover } from './discover.ts'
import { currentFrame } from './guarded.ts'
import { stopped } from './lifecycle.ts'
import { stderrLogger } from './logger.ts'
import { checkOptions, limitsOf, type KernelOptions } from './options.ts'
import { planFor } from './plan-of.ts'
import { LivePlan } from './plan.ts'
import type { Problem } from './problem.ts'
import { Reloader } from './reload.ts'
import type { Reloaded } from './reloaded.ts'
import { buildReport, type KernelReport, type PluginReport } from './report.ts'
import type { PluginUnit } from './unit.ts'

/** A kernel: finds, checks, activates and disposes plugins. */
export interface Kernel extends AsyncDisposable {
  /** Names at extension points; fetching one activates its plugin. */
  readonly extensions: ExtensionRegistry
  /** Every hook point; the host may call and tap all of them. */
  readonly hooks: HookRegistry
  /**
   * Walks the phases. A plugin that fails is a row of the report; the start goes on.
   * @throws StartupError where one of `required` failed, after stopping again
   */
  start(): Promise<void>
  /** Disposes dependents first and returns what failed on the way. Never rejects; safe to call twice. */
  stop(reason?: string): Promise<readonly unknown[]>
  /** The service of that name; activates its plugin. @throws SERVICE_MISSING, the plugin's failure */
  use<K extends keyof Services>(name: K): Promise<Services[K]>
  /** Every plugin that was found, in the order of the plan, the unusable ones last. Loads none. */
  list(): readonly PluginReport[]
  report(): KernelReport
  /** All problems, with the checks that are too slow for a start: config sections, items, files. */
  check(): Promise<readonly Problem[]>
  /**
   * Checks the config of these plugins before one of them is needed; those that are not in use are left out. Loads none.
   * @throws CONFIG_INVALID for the first section that breaks its schema
   */
  checkSections(ids: readonly string[]): Promise<void>
  /**
   * For development: imports every file of a plugin's folder anew, disposes of the version in use and of
   * what depends on it, and sets the new ones up. Calls under way finish on the old version.
   * @throws PLUGIN_RELOAD where the new one does not work, or is not under development: the old one stays
   */
  reload(id: string): Promise<Reloaded>
  /**
   * The plugin behind an error outside of any call, for handlers of `unhandledRejection` and
   * `uncaughtException`; it is taken out of service. Undefined where no plugin is behind it.
   */
  stray(error: unknown): PluginError | undefined
}

/** Thrown by `start()` where something that the host requires failed. */
export class StartupError extends SpellError {
  readonly report: KernelReport

  constructor(message: string, report: KernelReport, cause: unknown) {
    super('STARTUP_FAILED', message, { cause, hint: 'See the report for the failures.' })
    this.name = 'StartupError'
    this.report = report
  }
}

/**
 * Makes a kernel. Nothing is read before the first use of it, and no plugin runs before `start()`.
 * @throws CONFIG_INVALID for an unknown option, with a suggestion
 *
 * @example
 * await using kernel = createKernel({ plugins: ['@example/clock'] })
 * await kernel.start()
 */
export function createKernel(options: KernelOptions = {}): Kernel {
  checkOptions(options)
  return new SpellKernel(options)
}

/** The kernel behind the interface; `leaks` is for the test kit. */
export class SpellKernel implements Kernel {
  readonly #options: KernelOptions
  #built: KernelCradle | undefined
  #hooks: HookRegistry | undefined
  #reloader: Reloader | undefined
  #startedAt: Date | undefined
  #starting: Promise<void> | undefined

  constructor(options: KernelOptions) {
    this.#options = options
  }

  get extensions(): ExtensionRegistry {
    return this.#parts.extensions
  }

  get hooks(): HookRegistry {
    this.#hooks ??= this.#parts.hooks.view()
    return this.#hooks
  }

  start(): Promise<void> {
    this.#starting ??= this.#start()
    return this.#starting
  }

  async stop(reason = 'stop'): Promise<readonly unknown[]> {
    return this.#parts.lifecycle.stop(reason)
  }

  async use<K extends keyof Services>(name: K): Promise<Services[K]> {
    const { plan, lifecycle, services, schemas, plugins } = this.#parts
    const { extensions, hooks } = this
    const own: Partial<Services> = { extensions, hooks, schemas, plugins }
    if (own[name]) return own[name]
    const provider = plan.providers.get(name)
    if (provider === undefined) throw this.#missing(name)
    await lifecycle.activate(provider)
    if (services.has(name)) return services.current(name) as Services[K]
    const text = `Plugin '${provider}' lists the service '${name}' in its manifest, but did not provide it.`
    throw failure('SERVICE_MISSING', provider, 'setup', text)
  }

  list(): readonly PluginReport[] {
    return this.report().plugins
  }

  report(): KernelReport {
    const { plan, lifecycle, loader } = this.#parts
    const facts = { startedAt: this.#startedAt, imports: loader.imports, phases: lifecycle.phases }
    return buildReport(plan, lifecycle.units, facts)
  }

  async check(): Promise<readonly Problem[]> {
    const { plan, config, schemas } = this.#parts
    return [...plan.problems, ...(await checkAll(plan, config, schemas))]
  }

  async checkSections(ids: readonly string[]): Promise<void> {
    const { plan, config } = this.#parts
    for (const record of plan.order)
      if (ids.includes(record.id) && !config.fits(record)) await config.read(record)
  }

  async reload(id: string): Promise<Reloaded> {
    if (!this.#parts.lifecycle.running) throw stopped(`reload plugin '${id}'`)
    return this.#reloader!.reload(id)
  }

  stray(error: unknown): PluginError | undefined {
    const owner = isPluginError(error) ? error.owner : currentFrame()?.owner
    if (owner === undefined || owner === 'kernel') return undefined
    const text = error instanceof Error ? error.message : String(error)
    const message = `Plugin '${owner}' failed outside of any call: ${text}`
    const found = failure('PLUGIN_STRAY', owner, 'call', message, { cause: error })
    void this.#parts.lifecycle.quarantine(owner, found)
    return found
  }

  /** What is left over after a stop; empty where everything was undone. */
  leaks(): readonly string[] {
    const { hooks, services, extensions, scopes, lifecycle } = this.#parts
    const used = hooks.list().filter((point) => point.used)
    return [
      ...used.map(({ name }) => `hook point '${name}' is still used`),
      ...(services.size > 0 ? [`${services.size} services are still provided`] : []),
      ...(extensions.size > 0 ? [`${extensions.size} contributions are still registered`] : []),
      ...(scopes.open > 0 ? [`${scopes.open} scopes are still open`] : []),
      ...lifecycle.units.flatMap(({ id, undo }) =>
        undo.labels().map((label) => `plugin '${id}' still has '${label}'`),
      ),
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('dispose')
  }

  get #parts(): KernelCradle {
    this.#built ??= this.#build()
    return this.#built
  }

  #build(): KernelCradle {
    const { logger = stderrLogger, config: sections = {} } = this.#options
    const limits = limitsOf(this.#options)
    const found = discover(this.#options)
    const plan = new LivePlan(planFor(found, this.#options))
    const parts = createParts({ plan, limits, logger, sections, options: this.#options })
    this.#reloader = new Reloader(found, this.#options, plan, parts)
    return parts
  }

  async #start(): Promise<void> {
    this.#startedAt = new Date()
    const { lifecycle } = this.#parts
    await lifecycle.start()
    for (const name of this.#options.required ?? []) await this.#require(name)
    await this.#started()
  }

  async #started(): Promise<void> {
    const { hooks, lifecycle } = this.#parts
    const point = hooks.get('kernel.started')
    if (!point.used) return
    const inState = (state: PluginUnit['state']): number =>
      lifecycle.units.filter((unit) => unit.state === state).length
    const ms = lifecycle.phases.reduce((sum, phase) => sum + phase.ms, 0)
    await point.call({ active: inState('active'), failed: inState('failed'), ms })
  }

  async #require(name: string): Promise<void> {
    const { plan, lifecycle } = this.#parts
    const known = plan.order.some(({ id }) => id === name)
    try {
      const id = known ? name : plan.providers.get(name)
      if (id === undefined) throw this.#missing(name)
      await lifecycle.activate(id)
    } catch (error) {
      const report = this.report()
      await this.stop('failed start')
      throw new StartupError(
        `The host requires '${name}', which failed: ${(error as Error).message}`,
        report,
        error,
      )
    }
  }

  #missing(name: string): PluginError {
    const { plan } = this.#parts
    const gone = plan.rejected.find((row) => row.id === name)?.problems[0]
    const text = `No plugin in use provides the service '${name}'${gone ? `: ${gone.text}` : '.'}`
    const otherwise = `Provided are: ${[...plan.providers.keys()].join(', ')}.`
    const hint = gone?.hint ?? didYouMean(name, plan.providers.keys(), otherwise)
    return failure('SERVICE_MISSING', 'kernel', 'resolve', text, { hint })
  }
}
