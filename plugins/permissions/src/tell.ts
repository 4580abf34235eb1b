import type { Audit, AuditLine, HookPoint, Label, Observe } from '@llmspell/sdk'
import type { AuditStore } from './audit/index.ts'
import type { Decided } from './guard.ts'

declare module '@llmspell/sdk' {
  interface Hooks {
    /** After every decision of `require`, with what came of it. */
    'permission.decided': Observe<PermissionFacts>
    /** After a decision that said no. */
    'permission.denied': Observe<PermissionFacts>
  }
}

/** Payload of `permission.decided`. */
export interface PermissionFacts {
  readonly run_id: string
  readonly seq: number
  readonly actors: readonly string[]
  readonly subject: string
  readonly permission: string
  readonly target: string
  readonly outcome: AuditLine['outcome']
  readonly by: string
  readonly labels: readonly Label[]
}

/** The hook points of this plugin. */
export interface Points {
  readonly decided: HookPoint<'permission.decided'>
  readonly denied: HookPoint<'permission.denied'>
}

/** Hands decisions to the audit file and to who listens. The code of the file is loaded for the first line. */
export class Teller {
  readonly #folder: string | undefined
  readonly #points: Points
  #opening: Promise<AuditStore> | undefined
  #store: AuditStore | undefined

  constructor(folder: string | undefined, points: Points) {
    this.#folder = folder
    this.#points = points
  }

  /** Undefined where there is nothing to wait for. */
  tell(decided: Decided): Promise<void> | undefined {
    const { decided: all, denied } = this.#points
    if (all.used) void all.call(factsOf(decided))
    if (denied.used && isNo(decided)) void denied.call(factsOf(decided))
    return this.#folder === undefined ? undefined : this.#record(decided)
  }

  /** The service `audit`; without a folder it keeps nothing and has nothing. */
  get audit(): Audit {
    return {
      record: async (line) => (await this.#open())?.record(line),
      lines: (filter) => this.#lines(filter),
      verify: async () => (await this.#open())?.verify() ?? { lines: 0, faults: [] },
    }
  }

  async close(): Promise<void> {
    await (await this.#opening)?.close()
  }

  async #record(decided: Decided): Promise<void> {
    const at = new Date().toISOString()
    const ms = process.uptime() * 1000
    // Waiting for the code must not change the order: all that come meanwhile wait for the same promise.
    const store = this.#store ?? (await this.#open())!
    const { run_id: run, ...facts } = factsOf(decided)
    return store.record({ at, ms, run, ...facts, ...store.digested(decided.facts) })
  }

  async #open(): Promise<AuditStore | undefined> {
    const folder = this.#folder
    if (folder === undefined) return undefined
    this.#opening ??= import('./audit/index.ts').then(({ openAudit }) => openAudit(folder))
    return (this.#store = await this.#opening)
  }

  async *#lines(filter: Parameters<Audit['lines']>[0]): AsyncGenerator<AuditLine> {
    const store = await this.#open()
    if (store) yield* store.lines(filter)
  }
}

const isNo = ({ outcome }: Decided): boolean => outcome === 'denied' || outcome === 'refused'

function factsOf({
  access,
  subject,
  permission,
  target,
  outcome,
  by,
  labels,
}: Decided): PermissionFacts {
  const { runId = '', seq = 0, actors = [] } = access.run ?? {}
  const names = actors.map(({ kind, name }) => `${kind} '${name}'`)
  return {
    run_id: runId,
    seq,
    actors: names.length > 0 ? names : ['script'],
    subject,
    permission,
    target,
    outcome,
    by,
    labels,
  }
}
