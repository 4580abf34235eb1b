import type { PermissionSet } from '../manifest.ts'

/** One holder's rights. Every layer of a chain must allow: nothing widens what is above it. */
export interface GrantLayer {
  /** Who holds it, for texts: `command line`, `plugin tool-file-read`, `agent 'poet'`. */
  readonly holder: string
  readonly allow: PermissionSet
  /** Wins over `allow`. */
  readonly deny?: PermissionSet
}

export type GrantChain = readonly GrantLayer[]

/** One exact need, resolved: a real path, an origin with port, an absolute program. */
export interface PermissionNeed {
  /** `read`, `write`, `net`, `run`, `env`, or a name that a plugin owns. */
  readonly permission: string
  readonly target: string
  /** The target as the asker wrote it, for texts. Default: relative to the root, or nothing of a path outside it. */
  readonly shown?: string
  /** Who asks, for texts: `Tool 'file-read'`. */
  readonly subject: string
}

export type PermissionDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly holder: string
      readonly reason: string
      readonly hint: string
    }

/** Service `permissions`: deny by default, deny wins, the reason in the denial. */
export interface Permissions {
  /** `root` is the folder that relative paths of a grant start from. */
  decide(need: PermissionNeed, chain: GrantChain, root: string): PermissionDecision
  /** @throws PERMISSION_DENIED with the flag that would grant it as hint */
  require(need: PermissionNeed, chain: GrantChain, root: string): void
}

declare module '../services.ts' {
  interface Services {
    permissions: Permissions
  }
}
