import type { Access, CallContext, Permissions, Scope } from '@llmspell/sdk'
import { textOf } from './scope.ts'

/** What a written value is marked with where its run had seen text from outside. */
const UNTRUSTED = 'untrusted'
/** No scope has this name: a rule for it, or for all, is meant. */
const STORE = 'store'

/**
 * Scopes are open to the scripts of an installation until a rule says no: `state` denies all of a scope, `state-write`
 * changes of it.
 */
export class Guard {
  readonly #permissions: Permissions | undefined

  constructor(permissions: Permissions | undefined) {
    this.#permissions = permissions
  }

  /** @throws PERMISSION_DENIED */
  require(scope: Scope, writes: boolean, fn: string, context: CallContext): Promise<void> {
    return this.#require(textOf(scope), writes, fn, context)
  }

  /** For what is about the store as a whole: its backups and its size. @throws PERMISSION_DENIED */
  requireStore(writes: boolean, fn: string, context: CallContext): Promise<void> {
    return this.#require(STORE, writes, fn, context)
  }

  async #require(target: string, writes: boolean, fn: string, context: CallContext): Promise<void> {
    const access = accessOf(fn, context)
    for (const permission of writes ? ['state', 'state-write'] : ['state']) {
      const need = { permission, target }
      const decision = this.#permissions?.decide(need, access)
      if (decision?.allowed === false && decision.rule !== undefined)
        await this.#permissions!.require(need, access)
    }
  }

  /** Whether no rule closes a scope. */
  allows(scope: Scope, context: CallContext): boolean {
    const need = { permission: 'state', target: textOf(scope) }
    const decision = this.#permissions?.decide(need, accessOf('list', context))
    return !(decision?.allowed === false && decision.rule !== undefined)
  }

  /** What a run has read it has seen. */
  seen(mark: string | undefined, context: CallContext): void {
    const access = accessOf('load', context)
    this.#permissions?.mark('private', access)
    if (mark === UNTRUSTED) this.#permissions?.mark('untrusted', access)
  }

  /** The mark of what a run writes. */
  markOf(context: CallContext): string | undefined {
    const labels = this.#permissions?.labels(accessOf('save', context))
    return labels?.has('untrusted') ? UNTRUSTED : undefined
  }
}

function accessOf(fn: string, context: CallContext): Access {
  const { grants, root, signal } = context
  return { subject: `State.${fn}`, grants, root, signal, run: context }
}
