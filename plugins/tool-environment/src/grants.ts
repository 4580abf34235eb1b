import type { Access, GrantLayer, Permissions, ToolCall } from '@llmspell/sdk'

/** What a call may see of the environment. */
export class Grants {
  readonly #permissions: Permissions
  readonly #call: ToolCall

  constructor(permissions: Permissions, call: ToolCall) {
    this.#permissions = permissions
    this.#call = call
  }

  covers(name: string): boolean {
    return this.#permissions.decide({ permission: 'env', target: name }, this.#access(name)).allowed
  }

  /** @throws PERMISSION_DENIED */
  require(name: string): Promise<void> {
    return this.#permissions.require({ permission: 'env', target: name }, this.#access(name))
  }

  /** Whether every layer grants some name or other. */
  get any(): boolean {
    const { grants } = this.#call
    const holds = ({ allow }: GrantLayer): boolean =>
      (allow['env'] ?? []).length > 0 || (allow['*'] ?? []).length > 0
    return grants.length > 0 && grants.every(holds)
  }

  /** `*` leaves out what looks like a secret; in the manifest of a plugin it means any name. */
  #access(name: string): Access {
    const grants = this.#call.grants.map((layer): GrantLayer => {
      const { env } = layer.allow
      if (!layer.holder.startsWith('plugin ') || !env?.includes('*')) return layer
      return { ...layer, allow: { ...layer.allow, env: [...env, name] } }
    })
    return { ...this.#call, grants }
  }
}
