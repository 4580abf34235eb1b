import { basename } from 'node:path'
import type { GrantLayer, PermissionNeed, Permissions, ToolCall, Value } from '@llmspell/sdk'
import type { CommandInput } from './generated/input.ts'
import { isShell, withoutStar } from './shells.ts'
import type { Program } from './program.ts'

type Facts = Readonly<Record<string, Value>>
type Also = Pick<PermissionNeed, 'permission' | 'target' | 'shown'>

/** A host and a port that only the widest rule covers. */
const WHOLE_NETWORK: readonly Also[] = ['net', 'net-private'].map((permission) => ({
  permission,
  target: 'any://*:1',
  shown: '*:*',
}))

/** What a command needs besides `run`, so that all of it is asked for together. */
export function alsoNeeded(
  { env = {}, inherit = [], network }: CommandInput,
  target: string,
  jailed: boolean,
): readonly Also[] {
  const names = [...inherit, ...Object.keys(env)]
  return [
    ...(jailed ? [] : [{ permission: 'unjailed', target }]),
    ...(network ? WHOLE_NETWORK : []),
    ...names.map((name) => ({ permission: 'env', target: name })),
  ]
}

/** What a call of the tool asks for, beyond single needs. */
export class Rights {
  readonly #permissions: Permissions
  readonly #call: ToolCall

  constructor(permissions: Permissions, call: ToolCall) {
    this.#permissions = permissions
    this.#call = call
  }

  /** @param also what the same command needs besides. @throws PERMISSION_DENIED */
  run(program: Program, target: string, facts: Facts, also: readonly Also[]): Promise<void> {
    // By its name `permissions` knows a shell; one behind a link is known here.
    const hidden = isShell(program.names) && !isShell([basename(program.name)])
    const access = hidden ? withoutStar(this.#call) : this.#call
    return this.#permissions.require({ permission: 'run', target, facts, also }, access)
  }

  /** @throws PERMISSION_DENIED */
  unjailed(target: string, facts: Facts): Promise<void> {
    return this.#permissions.require({ permission: 'unjailed', target, facts }, this.#call)
  }

  /** The jail has one network or none: whoever gets it reaches all of it. @throws PERMISSION_DENIED */
  async network(): Promise<void> {
    for (const need of WHOLE_NETWORK) await this.#permissions.require(need, this.#call)
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
