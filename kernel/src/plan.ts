import { PHASES, type Phase } from '@llmspell/sdk'
import type { Problem } from './problem.ts'
import type { Hosting, Offers } from './resolve-hosts.ts'
import { reject, type PluginRecord, type Rejected } from './record.ts'

/** Who may run, in which order. Pure data: nothing has been imported. */
export interface Plan {
  /** Every usable plugin after what it needs; the place is the order of its taps. */
  readonly order: readonly PluginRecord[]
  /** Service name to the id of its provider. */
  readonly providers: ReadonlyMap<string, string>
  /** `point/name` to the id of the plugin that has the name. */
  readonly names: ReadonlyMap<string, string>
  /** Id of a plugin to the host that runs its code. */
  readonly hosts: ReadonlyMap<string, Hosting>
  readonly rejected: readonly Rejected[]
  readonly problems: readonly Problem[]
}

/** The plan of a running kernel: everybody holds this one, and sees what takes its place. */
export class LivePlan implements Plan {
  #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
  }

  get order(): Plan['order'] {
    return this.#plan.order
  }

  get providers(): Plan['providers'] {
    return this.#plan.providers
  }

  get names(): Plan['names'] {
    return this.#plan.names
  }

  get hosts(): Plan['hosts'] {
    return this.#plan.hosts
  }

  get rejected(): Plan['rejected'] {
    return this.#plan.rejected
  }

  get problems(): Plan['problems'] {
    return this.#plan.problems
  }

  /** The plan as it is, to come back to. */
  snapshot(): Plan {
    return this.#plan
  }

  replace(plan: Plan): void {
    this.#plan = plan instanceof LivePlan ? plan.#plan : plan
  }
}

/** The state of resolving: plugins leave `living`, problems are added. */
export class Draft {
  readonly living = new Map<string, PluginRecord>()
  readonly providers = new Map<string, string>()
  readonly names = new Map<string, string>()
  readonly hosts = new Map<string, Hosting>()
  /** The hosts that living plugins offer, by name. */
  offers: Offers = new Map()
  readonly rejected: Rejected[] = []
  readonly problems: Problem[] = []
  /** Why a plugin is out, for the texts of those that need it. */
  readonly out = new Map<string, { readonly record: PluginRecord; readonly problem: Problem }>()

  /** Takes a plugin out because of an error in it. */
  fail(record: PluginRecord, problem: Problem): void {
    this.#remove(record, 'failed', problem)
    this.problems.push(problem)
  }

  /** Takes a plugin out because it is not wanted here. */
  skip(record: PluginRecord, problem: Problem): void {
    this.#remove(record, 'skipped', problem)
    if (problem.severity === 'error') this.problems.push(problem)
  }

  #remove(record: PluginRecord, state: Rejected['state'], problem: Problem): void {
    this.living.delete(record.id)
    this.out.set(record.id, { record, problem })
    this.rejected.push(reject(record, state, problem))
  }

  /** The services without which a plugin cannot be active; that of its host is one. */
  required(id: string): readonly string[] {
    return servicesOf(this.living.get(id), this.hosts)
  }

  /** The living plugins that a plugin needs to be active first. */
  needs(id: string): readonly string[] {
    const { optional = {} } = this.living.get(id)?.manifest ?? {}
    const names = new Set([...this.required(id), ...Object.keys(optional)])
    const providers = [...names].map((name) => this.providers.get(name))
    return providers.filter((other) => other !== undefined && this.living.has(other)) as string[]
  }
}

/** The services without which a plugin cannot be active. */
export function servicesOf(
  record: PluginRecord | undefined,
  hosts: ReadonlyMap<string, Hosting>,
): readonly string[] {
  const host = record && hosts.get(record.id)
  const required = Object.keys(record?.manifest.requires ?? {})
  return host ? [...required, host.service] : required
}

/** Place of a phase; unknown names come last. */
export function phaseIndex(phase: string): number {
  return PHASES.indexOf(phase as Phase)
}
