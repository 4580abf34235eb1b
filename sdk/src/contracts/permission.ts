import type { PermissionSet } from '../manifest.ts'
import type { Value } from '../values.ts'
import type { RunFacts } from './call-context.ts'

/** One holder's rights. Every layer of a chain must allow: nothing widens what is above it. */
export interface GrantLayer {
  /** Who holds it, for texts: `command line`, `plugin tool-file-read`, `agent 'poet'`. */
  readonly holder: string
  /** The name `*` with the value `*` stands for all permissions that the set does not name. */
  readonly allow: PermissionSet
  /** Wins over `allow`. */
  readonly deny?: PermissionSet
  /** Where a rule was written, by the rule as `allow read=./docs`: `policy.toml:12`. */
  readonly sources?: Readonly<Record<string, string>>
}

export type GrantChain = readonly GrantLayer[]

/** On whose behalf something is done: every guarded service takes one. A ToolCall is one. */
export interface Access {
  /** Who asks, for texts: `Tool 'file-read'`. */
  readonly subject: string
  readonly grants: GrantChain
  /** Folder that relative paths start from. */
  readonly root: string
  readonly signal?: AbortSignal
  /** The call of a run; absent where a plugin acts for itself. */
  readonly run?: RunFacts
}

/** One exact need, resolved: a real path, an origin with port, an absolute program with its arguments. */
export interface PermissionNeed {
  /** `read`, `write`, `net`, `net-private`, `run`, `unjailed`, `env`, `sys`, `secret`, `mix`, or a name that a plugin owns. */
  readonly permission: string
  readonly target: string
  /** The target as the asker wrote it, for texts. Default: relative to the root, or nothing of a path outside it. */
  readonly shown?: string
  /** What a person who is asked should know, and the audit line keeps by digest: address, arguments, bytes, a diff. */
  readonly facts?: Readonly<Record<string, Value>>
  /** What the same effect is known to need too, so that a denial can name all that is missing. */
  readonly also?: readonly Pick<PermissionNeed, 'permission' | 'target' | 'shown'>[]
}

export type PermissionDecision =
  | {
      readonly allowed: true
      /** The rule that grants it, of the layer `command line` where there is one: `read=./docs`. */
      readonly rule: string
      readonly holder: string
      /** Where the rule was written, if that is known: `policy.toml:12`. */
      readonly source?: string
    }
  | {
      readonly allowed: false
      readonly holder: string
      /** The rule that denies it; absent where nothing allows it. */
      readonly rule?: string
      /** As above. */
      readonly source?: string
      readonly reason: string
      readonly hint: string
    }

/** What a run has seen. `private`: granted files, variables, secrets. `untrusted`: text from outside. */
export type Label = 'private' | 'untrusted'

/** Service `permissions`: deny by default, deny wins, the reason in the denial. */
export interface Permissions {
  /** Looks only: asks nobody and leaves no audit line. */
  decide(need: PermissionNeed, access: Access): PermissionDecision
  /**
   * Decides, asks a person where the run has one to ask, and writes one audit line.
   * @throws PERMISSION_DENIED with the flag that would grant it as hint
   */
  require(need: PermissionNeed, access: Access): Promise<void>
  /** Labels the run for good. `require` does so by itself for what it allows. */
  mark(label: Label, access: Access): void
  /** What the run has seen so far. */
  labels(access: Access): ReadonlySet<Label>
}

/** An effect without a grant, put to a person. All texts are made by the host from the resolved effect. */
export interface ApprovalQuestion {
  readonly need: PermissionNeed
  /** `Tool 'file-write'`. */
  readonly subject: string
  /** Who acts for the script, outermost first: `agent 'poet'`. */
  readonly actors: readonly string[]
  /** Why it is not granted already. */
  readonly reason: string
  /** The rule that `always` would write: `write=./out`; absent where it may not be remembered. */
  readonly rule?: string
  /** Why there is no rule, in words. */
  readonly noRule?: string
  readonly signal: AbortSignal
}

/** `stop`: no, and the run ends. */
export type ApprovalAnswer = 'once' | 'run' | 'always' | 'no' | 'stop'

/** A policy file that counts, and what it is for. */
export interface PolicyFile {
  readonly path: string
  readonly scope: 'system' | 'user' | 'project'
  /** A project's file that nobody has trusted, or that changed since, does nothing. */
  readonly trusted: boolean
}

/** Service `policy`: the policy files of system, user and project. */
export interface Policy {
  /**
   * The layers for a run in this folder, the given flags last and widest.
   * @throws POLICY_INVALID for a file that cannot be used as a whole
   */
  chain(root: string, given: { allow?: PermissionSet; deny?: PermissionSet }): Promise<GrantChain>
  files(root: string): Promise<readonly PolicyFile[]>
  /** Adds one line to the user's file, for this folder only. @throws POLICY_INVALID */
  remember(root: string, rule: string): Promise<PolicyFile>
  /** Lets the project's file count until it changes. @throws POLICY_INVALID */
  trust(root: string): Promise<PolicyFile>
  /** Whether a file could be used, by default as that of the user. @throws POLICY_INVALID */
  check(file: string, scope?: PolicyFile['scope']): Promise<void>
}

/** One decision, as the audit file keeps it. */
export interface AuditLine {
  /** ISO 8601, UTC. */
  readonly at: string
  /** ms since the process began, monotonic. */
  readonly ms: number
  readonly run: string
  readonly seq: number
  /** `script`, or `agent 'poet'` and who acts for it, outermost first. */
  readonly actors: readonly string[]
  readonly subject: string
  readonly permission: string
  readonly target: string
  /** `allowed`, `denied`, `approved` by a person, `refused` by a person. */
  readonly outcome: 'allowed' | 'denied' | 'approved' | 'refused'
  /** Who decided and by which rule: `command line: read=./docs`. */
  readonly by: string
  readonly labels: readonly Label[]
  /** SHA-256 and length of the facts; never the facts. */
  readonly facts?: { readonly sha256: string; readonly bytes: number }
  /** Names the chain of one process, and the line's place in it. */
  readonly chain: string
  readonly n: number
  /** SHA-256 of the line before it in the chain; of the file's last line for the first. */
  readonly prev: string
}

/** Service `audit`: one line per decision. */
export interface Audit {
  /** Resolves when what must be on disk is: denials and uses of write, run and net. */
  record(line: Omit<AuditLine, 'at' | 'ms' | 'chain' | 'n' | 'prev'>): Promise<void>
  /** Newest last. */
  lines(filter?: { run?: string; outcome?: string; limit?: number }): AsyncIterable<AuditLine>
  /** @returns the number of lines and the faults found, each with its place */
  verify(): Promise<{ readonly lines: number; readonly faults: readonly string[] }>
}

declare module '../services.ts' {
  interface Services {
    permissions: Permissions
    policy: Policy
    audit: Audit
  }
}
