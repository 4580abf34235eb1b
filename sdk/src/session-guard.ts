import type { CallContext } from './contracts/call-context.ts'
import type { Access, Permissions } from './contracts/permission.ts'
import { sessionBehind } from './current-session.ts'

/** A session is as open as its scope of State: to all scripts, until a rule for `state` or `state-write` says no. */
export class SessionGuard {
  readonly #permissions: Permissions | undefined
  readonly #module: string

  /** @param module whose functions are named to people */
  constructor(permissions: Permissions | undefined, module: string) {
    this.#permissions = permissions
    this.#module = module
  }

  allows(id: string, context: CallContext): boolean {
    const access = this.#access('list', context)
    const decision = this.#permissions?.decide(needOf('state', id), access)
    return decision === undefined || decision.allowed || decision.rule === undefined
  }

  /** For the session of that id, and for one that stands behind it. @throws PERMISSION_DENIED */
  async require(id: string, fn: string, writes: boolean, context: CallContext): Promise<void> {
    for (const held of new Set([id, sessionBehind(id, context)]))
      await this.#require(held, fn, writes, context)
  }

  async #require(id: string, fn: string, writes: boolean, context: CallContext): Promise<void> {
    const access = this.#access(fn, context)
    for (const permission of writes ? ['state', 'state-write'] : ['state']) {
      const need = needOf(permission, id)
      const decision = this.#permissions?.decide(need, access)
      if (decision?.allowed === false && decision.rule !== undefined)
        await this.#permissions!.require(need, access)
    }
  }

  /** What a run has read of one that holds text from outside it has seen. */
  seen({ untrusted }: { readonly untrusted?: true }, context: CallContext): void {
    if (untrusted) this.#permissions?.mark('untrusted', this.#access('get', context))
  }

  /** The mark of what a run writes into one. */
  markOf(context: CallContext): { readonly untrusted?: true } {
    const labels = this.#permissions?.labels(this.#access('save', context))
    return labels?.has('untrusted') ? { untrusted: true } : {}
  }

  #access(fn: string, context: CallContext): Access {
    const { grants, root, signal } = context
    return { subject: `${this.#module}.${fn}`, grants, root, signal, run: context }
  }
}

const needOf = (permission: string, id: string) => ({ permission, target: `session:${id}` })
