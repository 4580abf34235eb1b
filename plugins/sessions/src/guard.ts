import type { Access, CallContext, Permissions } from '@llmspell/sdk'

/** A session is as open as its scope of State: to all scripts, until a rule for `state` says no. */
export class Guard {
  readonly #permissions: Permissions | undefined

  constructor(permissions: Permissions | undefined) {
    this.#permissions = permissions
  }

  allows(id: string, context: CallContext): boolean {
    const decision = this.#permissions?.decide(needOf('state', id), accessOf('list', context))
    return decision === undefined || decision.allowed || decision.rule === undefined
  }

  /** @throws PERMISSION_DENIED */
  async require(id: string, fn: string, writes: boolean, context: CallContext): Promise<void> {
    const access = accessOf(fn, context)
    for (const permission of writes ? ['state', 'state-write'] : ['state']) {
      const need = needOf(permission, id)
      const decision = this.#permissions?.decide(need, access)
      if (decision?.allowed === false && decision.rule !== undefined)
        await this.#permissions!.require(need, access)
    }
  }
}

const needOf = (permission: string, id: string) => ({ permission, target: `session:${id}` })

function accessOf(fn: string, context: CallContext): Access {
  const { grants, root, signal } = context
  return { subject: `Session.${fn}`, grants, root, signal, run: context }
}
