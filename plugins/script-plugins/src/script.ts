import type { GrantLayer, PermissionSet, Value } from '@llmspell/sdk'
import type { Visit } from './door.ts'
import type { Group } from './functions.ts'
import type { Sessions } from './sessions.ts'

/** One script plugin, as its tools, hooks and commands need it. */
export class Script {
  readonly id: string
  readonly #permissions: PermissionSet
  readonly #sessions: Sessions
  readonly log: Visit['log']

  constructor(id: string, permissions: PermissionSet, sessions: Sessions, log: Visit['log']) {
    this.id = id
    this.#permissions = permissions
    this.#sessions = sessions
    this.log = log
  }

  call(
    group: Group,
    name: string,
    args: readonly Value[],
    visit: Visit,
  ): Promise<Value | undefined> {
    return this.#sessions.call(group, name, args, visit)
  }

  /** What it may do at most: what its header says, and what the header says of one tool. */
  layers(own?: PermissionSet): readonly GrantLayer[] {
    const holder = `plugin ${this.id}`
    const layers = [{ holder, allow: this.#permissions }]
    return own ? [...layers, { holder, allow: own }] : layers
  }
}
