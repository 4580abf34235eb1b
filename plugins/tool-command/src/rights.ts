import type { GrantLayer, Permissions, ToolCall, Value } from '@llmspell/sdk'
import { isShell, withoutStar } from './shells.ts'
import type { Program } from './program.ts'

type Facts = Readonly<Record<string, Value>>

/** What a call of the tool asks for, beyond single needs. */
export class Rights {
  readonly #permissions: Permissions
  readonly #call: ToolCall

  constructor(permissions: Permissions, call: ToolCall) {
    this.#permissions = permissions
    this.#call = call
  }

  /** @throws PERMISSION_DENIED */
  async run(program: Program, target: string, facts: Facts): Promise<void> {
    if (!isShell(program.names)) return this.#call.require('run', target, facts)
    await this.#permissions.require({ permission: 'run', target, facts }, withoutStar(this.#call))
  }

  /** The jail has one network or none: whoever gets it reaches all of it. @throws PERMISSION_DENIED */
  async network(): Promise<void> {
    // A host and a port that only the widest rule covers.
    for (const permission of ['net', 'net-private'])
      await this.#permissions.require({ permission, target: 'any://*:1', shown: '*:*' }, this.#call)
  }

  /** @throws PERMISSION_DENIED */
  variable(name: string): Promise<void> {
    const grants = this.#call.grants.map((layer) => withName(layer, name))
    return this.#permissions.require({ permission: 'env', target: name }, { ...this.#call, grants })
  }

  may(permission: string, target: string): boolean {
    return this.#permissions.decide({ permission, target }, this.#call).allowed
  }

  /** Denies what no grant can give, with the line in the audit that every denial has. @throws PERMISSION_DENIED */
  async refuse(permission: string, target: string, whom: string): Promise<never> {
    const layer = { holder: `rule for ${whom}`, allow: {}, deny: { [permission]: [target] } }
    const grants = [layer, ...this.#call.grants]
    await this.#permissions.require({ permission, target }, { ...this.#call, grants })
    throw new TypeError('A denied permission was given.')
  }
}

/** `*` leaves out what looks like a secret; in the manifest of a plugin it means any name. */
function withName(layer: GrantLayer, name: string): GrantLayer {
  const { env } = layer.allow
  if (!layer.holder.startsWith('plugin ') || !env?.includes('*')) return layer
  return { ...layer, allow: { ...layer.allow, env: [...env, name] } }
}
