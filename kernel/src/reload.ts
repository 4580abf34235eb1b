import { didYouMean, now, type DefinedPlugin } from '@llmspell/sdk'
import { failure } from './codes.ts'
import type { KernelCradle } from './container.ts'
import { discover } from './discover.ts'
import { guarded } from './guarded.ts'
import type { KernelOptions } from './options.ts'
import type { LivePlan, Plan } from './plan.ts'
import { planFor } from './plan-of.ts'
import type { Found, PluginRecord } from './record.ts'
import { affected, refused } from './reload-plan.ts'
import type { Reloaded } from './reloaded.ts'

/** A version of a plugin: what the plan says with it, and its code. */
interface Version {
  readonly found: Found
  readonly plan: Plan
  /** Its code; undefined where it was never loaded. */
  readonly plugin: DefinedPlugin | undefined
}

const MANY = 50

/** Puts new versions of plugins under development in the place of the old ones, one after the other. */
export class Reloader {
  #found: Found
  readonly #options: KernelOptions
  readonly #plan: LivePlan
  readonly #parts: KernelCradle
  #last: Promise<unknown> = Promise.resolve()
  #times = 0

  constructor(found: Found, options: KernelOptions, plan: LivePlan, parts: KernelCradle) {
    this.#found = found
    this.#options = options
    this.#plan = plan
    this.#parts = parts
  }

  /** @throws PLUGIN_NOT_FOUND, PLUGIN_RELOAD */
  reload(id: string): Promise<Reloaded> {
    const next = this.#last.then(() => this.#reload(id))
    this.#last = next.catch(() => undefined)
    return next
  }

  async #reload(id: string): Promise<Reloaded> {
    const from = now()
    const old = this.#record(id)
    const next = await this.#next(old).catch((cause: unknown) => {
      throw kept(id, cause)
    })
    const ids = affected(id, this.#plan, next.plan)
    const { lifecycle, loader } = this.#parts
    await lifecycle.settled(ids)
    const before = { found: this.#found, plan: this.#plan.snapshot(), plugin: loader.loaded(id) }
    const active = idsOf(lifecycle.units.filter((unit) => unit.state === 'active'))
    const wake = new Set([id, ...active, ...this.#parts.hooks.notifyDeclarers()])
    await this.#swap(id, next, ids, wake)
    const failed = lifecycle.units.filter((unit) => ids.has(unit.id) && unit.failure)
    const own = failed.find((unit) => unit.id === id)
    if (own && active.has(id)) {
      await this.#swap(id, before, ids, active)
      const lost = lifecycle.units.find((unit) => unit.id === id)?.failure
      throw lost ?? kept(id, own.failure)
    }
    if (own?.failure) throw own.failure
    const others = lifecycle.units.filter((unit) => ids.has(unit.id) && unit.id !== id)
    const dependents = [...idsOf(others.filter(({ state }) => state === 'active'))]
    const facts = { id, ms: now() - from, dependents, failed: [...idsOf(failed)] }
    return ++this.#times < MANY ? facts : { ...facts, hint: hintAfter(this.#times) }
  }

  /** Reads, plans and imports the new version; changes nothing. */
  async #next(old: PluginRecord): Promise<Version> {
    const record = readAnew(old)
    const records = this.#found.records.map((other) => (other === old ? record : other))
    const found = { ...this.#found, records }
    const plan = planFor(found, this.#options)
    const reason = refused(old, record, this.#plan, plan)
    if (reason) throw failure('PLUGIN_RELOAD', old.id, 'resolve', reason)
    const { loader, config, limits } = this.#parts
    const load = () => loader.fresh(record)
    const hosted = plan.hosts.has(old.id)
    const plugin = hosted
      ? undefined
      : await guarded(old.id, 'load', load, limits.load, 'its import')
    await guarded(old.id, 'config', () => config.read(record), limits.load, 'its config')
    return { found, plan, plugin }
  }

  async #swap(
    id: string,
    { found, plan, plugin }: Version,
    ids: ReadonlySet<string>,
    wake: ReadonlySet<string>,
  ): Promise<void> {
    const { extensions, hooks, scopes, lifecycle, loader } = this.#parts
    this.#found = found
    this.#plan.replace(plan)
    loader.keep(id, plugin)
    extensions.replan()
    hooks.replan(plan.order, ids)
    scopes.replan()
    await lifecycle.renew(ids, wake)
  }

  #record(id: string): PluginRecord {
    const record = this.#plan.order.find((other) => other.id === id)
    if (!record) {
      const hint = didYouMean(id, idsOf(this.#plan.order), 'Start anew where it was just added.')
      const text = `No plugin '${id}' is in use.`
      throw failure('PLUGIN_NOT_FOUND', 'kernel', 'call', text, { hint })
    }
    if (record.source === 'linked' || record.source === 'host') return record
    const text = `Plugin '${id}' was installed: only what is under development can be reloaded.`
    const hint = 'Link the folder that you work in: llmspell plugin link FOLDER'
    throw failure('PLUGIN_RELOAD', id, 'call', text, { hint })
  }
}

/** The record as it is on disk by now. @throws PluginError for the first problem of its manifest */
function readAnew(old: PluginRecord): PluginRecord {
  const { records, rejected } = discover({ plugins: [old.inline ?? (old.root as string)] })
  const [record] = records
  if (record) return { ...record, source: old.source, host: old.host }
  const problem = rejected[0]?.problems[0]
  const { text = 'its manifest cannot be read.', hint } = problem ?? {}
  throw failure(problem?.code ?? 'PLUGIN_NOT_FOUND', old.id, 'discover', text, { hint })
}

function kept(id: string, cause: unknown): Error {
  const { message, hint } = cause as Error & { readonly hint?: string }
  const text = `Plugin '${id}' was not reloaded, the version before stays: ${message}`
  return failure('PLUGIN_RELOAD', id, 'load', text, { cause, hint })
}

function hintAfter(times: number): string {
  return `${times} reloads: Node keeps every version of a module in memory, so start anew soon.`
}

function idsOf(rows: readonly { readonly id: string }[]): Set<string> {
  return new Set(rows.map(({ id }) => id))
}
