import { PHASES, now, type Logger, type Phase, type PluginError } from '@llmspell/sdk'
import {
  asPluginError,
  bringUp,
  dependencyFailed,
  tearDown,
  type ActivationParts,
} from './activation.ts'
import { failure } from './codes.ts'
import { findPath } from './graph.ts'
import { currentFrame } from './guarded.ts'
import { servicesOf } from './plan.ts'
import { PluginUnit } from './unit.ts'

/** The parts of the kernel that the lifecycle works with. */
export interface LifecycleParts extends ActivationParts {
  readonly logger: Logger
}

/** What the host wants of the kernel; what is, follows. */
type Wanted = 'nothing' | 'running' | 'stopped'

/** Walks the phases, activates plugins when they are needed, disposes dependents first. */
export class ComponentLifecycleManager {
  readonly #parts: LifecycleParts
  #units = new Map<string, PluginUnit>()
  readonly #active: PluginUnit[] = []
  /** Milliseconds that each phase took. */
  readonly phases: { readonly phase: Phase; readonly ms: number }[] = []
  #wanted: Wanted = 'nothing'
  #starting: Promise<void> | undefined
  #stopping: Promise<readonly unknown[]> | undefined
  #renewing: Promise<void> | undefined

  constructor(parts: LifecycleParts) {
    this.#parts = parts
    for (const record of parts.plan.order) {
      const unit = new PluginUnit(record)
      this.#units.set(record.id, unit)
      if (record.source === 'kernel') unit.state = 'active'
    }
  }

  /** The plugins of the plan, in its order, without the kernel itself. */
  get units(): readonly PluginUnit[] {
    return [...this.#units.values()].filter((unit) => unit.record.source !== 'kernel')
  }

  get running(): boolean {
    return this.#wanted === 'running'
  }

  /** Activates what must be there from the start, phase by phase. Failures are rows of the report. */
  start(): Promise<void> {
    if (this.#wanted === 'stopped') return Promise.reject(stopped('start'))
    this.#wanted = 'running'
    this.#starting ??= this.#walk()
    return this.#starting
  }

  /** Disposes everything, dependents first, and returns what failed on the way. Never rejects. */
  stop(reason: string): Promise<readonly unknown[]> {
    this.#stopping ??= this.#stop(reason)
    return this.#stopping
  }

  /**
   * Makes sure that a plugin is active. Everybody shares one activation, and its failure.
   * @throws PLUGIN_CYCLE with the path, where waiting would be for ever; KERNEL_STATE; the plugin's failure
   */
  async activate(id: string, from = currentFrame()?.activation): Promise<void> {
    const unit = this.#units.get(id) as PluginUnit
    if (unit.state === 'active') return
    if (unit.failure) throw unit.failure
    if (!this.running) throw stopped(`activate plugin '${id}'`)
    const waiter = from === undefined ? undefined : this.#units.get(from)
    if (waiter?.state !== 'activating') return this.#shared(unit)
    this.#refuseCycle(waiter.id, id)
    waiter.waits.add(id)
    await this.#shared(unit).finally(() => waiter.waits.delete(id))
  }

  /** Takes a plugin out of a running kernel because of an error outside of any call, or on the word of its host. */
  async quarantine(id: string, error: PluginError): Promise<void> {
    const unit = this.#units.get(id)
    if (unit?.state === 'active') await this.#fail(unit, error)
  }

  /**
   * Puts fresh units of the plan in the place of these, disposes of the old ones, dependents first,
   * and activates some of the fresh ones. Who asks for one meanwhile waits. Failures are rows of the report.
   */
  async renew(ids: ReadonlySet<string>, wake: ReadonlySet<string>): Promise<void> {
    const old = this.#active.filter(({ id }) => ids.has(id))
    const { promise, resolve } = Promise.withResolvers<void>()
    const kept = (id: string): PluginUnit | undefined =>
      ids.has(id) ? undefined : this.#units.get(id)
    const units = this.#parts.plan.order.map(
      (record) => kept(record.id) ?? new PluginUnit(record, promise),
    )
    this.#units = new Map(units.map((unit) => [unit.id, unit]))
    this.#renewing = this.#retire(old).finally(resolve)
    await this.#renewing
    const eager = ({ id, record }: PluginUnit): boolean =>
      wake.has(id) || record.manifest.activation === 'startup'
    for (const unit of units)
      if (ids.has(unit.id) && eager(unit)) await this.activate(unit.id).catch(() => undefined)
  }

  /** Waits for activations under way. */
  async settled(ids: ReadonlySet<string>): Promise<void> {
    const units = this.units.filter(({ id }) => ids.has(id))
    await Promise.allSettled(units.flatMap((unit) => unit.activation ?? []))
  }

  async #retire(old: readonly PluginUnit[]): Promise<void> {
    for (const unit of old.toReversed()) {
      this.#active.splice(this.#active.indexOf(unit), 1)
      for (const failed of await tearDown(unit, this.#parts.limits.dispose))
        this.#parts.logger.warn((failed as Error).message, { plugin: unit.id })
      unit.state = 'disposed'
    }
  }

  #shared(unit: PluginUnit): Promise<void> {
    unit.activation ??= this.#activate(unit)
    return unit.activation
  }

  async #walk(): Promise<void> {
    const eager = this.#parts.hooks.notifyDeclarers()
    for (const phase of PHASES) {
      const from = now()
      for (const unit of this.units) {
        const { manifest } = unit.record
        if (!this.running || manifest.phase !== phase) continue
        const now = manifest.activation === 'startup' || eager.has(unit.id)
        if (now) await this.activate(unit.id).catch(() => undefined)
      }
      this.phases.push({ phase, ms: now() - from })
    }
  }

  async #activate(unit: PluginUnit): Promise<void> {
    unit.state = 'activating'
    try {
      if (unit.free) await unit.free
      await this.#needs(unit)
      await bringUp(unit, this.#parts)
    } catch (error) {
      const known = asPluginError(error, unit.id)
      await this.#fail(unit, known)
      throw known
    }
    unit.state = 'active'
    this.#active.push(unit)
    this.#parts.hooks.settle(unit.id)
    this.#warnOfMissing(unit)
    this.#notify('kernel.pluginActivated', { id: unit.id, ms: unit.load + unit.setup })
  }

  async #needs(unit: PluginUnit): Promise<void> {
    const { optional = {} } = unit.record.manifest
    for (const service of servicesOf(unit.record, this.#parts.plan.hosts)) {
      try {
        await this.activate(this.#provider(service), unit.id)
      } catch (error) {
        throw dependencyFailed(unit.id, service, error as PluginError)
      }
    }
    for (const service of Object.keys(optional)) {
      const provider = this.#parts.plan.providers.get(service)
      if (provider !== undefined) await this.activate(provider, unit.id).catch(() => undefined)
    }
  }

  #provider(service: string): string {
    return this.#parts.plan.providers.get(service) as string
  }

  async #fail(unit: PluginUnit, error: PluginError): Promise<void> {
    unit.state = 'failed'
    unit.failure = error
    unit.undone = unit.undo.labels()
    const index = this.#active.indexOf(unit)
    if (index >= 0) this.#active.splice(index, 1)
    await tearDown(unit, this.#parts.limits.dispose)
    this.#parts.hooks.lose(unit.id, error)
    const { code, message, hint } = error
    this.#parts.logger.error(`${code}: ${message}`, { plugin: unit.id, code, hint })
    this.#notify('kernel.pluginFailed', { id: unit.id, code, message })
  }

  /** Also where no promise is waited for yet: a plugin about to be woken may need who asks for it. */
  #refuseCycle(from: string, to: string): void {
    const path = findPath(to, from, (id) => this.#pending(id))
    if (!path) return
    const ring = [from, ...path].join(' → ')
    const text = `Plugin '${from}' asks for plugin '${to}' during its activation, which closes a ring: ${ring}.`
    const hint = 'Ask for it later, in the call that needs it, instead of in setup.'
    throw failure('PLUGIN_CYCLE', from, 'setup', text, { hint })
  }

  /** What a plugin has to wait for before it is active. */
  #pending(id: string): readonly string[] {
    const unit = this.#units.get(id)
    if (!unit || (unit.state !== 'resolved' && unit.state !== 'activating')) return []
    const { plan } = this.#parts
    const optional = Object.keys(unit.record.manifest.optional ?? {})
    const services = [...servicesOf(unit.record, plan.hosts), ...optional]
    const providers = services.map((name) => plan.providers.get(name))
    return [...unit.waits, ...providers.filter((other) => other !== undefined)]
  }

  async #stop(reason: string): Promise<readonly unknown[]> {
    const ran = this.running
    this.#wanted = 'stopped'
    await Promise.allSettled([
      this.#starting,
      this.#renewing,
      ...this.units.map((unit) => unit.activation),
    ])
    if (ran) await this.#parts.hooks.get('kernel.shutdown').run({ reason })
    const failures: unknown[] = []
    for (let unit = this.#active.pop(); unit; unit = this.#active.pop()) {
      failures.push(...(await tearDown(unit, this.#parts.limits.dispose)))
      unit.state = 'disposed'
    }
    this.#parts.hooks.close()
    return failures
  }

  #warnOfMissing({ id, missing }: PluginUnit): void {
    if (missing.length === 0) return
    const text = `Plugin '${id}' did not register what its manifest lists: ${missing.join(', ')}.`
    this.#parts.logger.warn(text, { plugin: id })
  }

  #notify(name: string, payload: object): void {
    const point = this.#parts.hooks.get(name)
    if (point.used) point.call(Object.freeze(payload))
  }
}

/** The error of what only a running kernel can do. */
export function stopped(action: string): Error {
  const text = `The kernel cannot ${action}: it is not running.`
  const hint = 'Await kernel.start() before, and make a new kernel after a stop.'
  return failure('KERNEL_STATE', 'kernel', 'call', text, { hint })
}
