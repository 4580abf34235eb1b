import { looksLikeKey, SpellError } from '@llmspell/sdk'
import type {
  Access,
  AuditLine,
  Label,
  PermissionDecision,
  PermissionNeed,
  Permissions,
  Policy,
} from '@llmspell/sdk'
import { consult, type Verdict } from './ask.ts'
import { decideByGrants, onlyGivenLacks, type Refusal } from './decide.ts'
import { refuseMix } from './mix.ts'
import type { Protects } from './protect.ts'
import { labelsOf, runState, see } from './run-state.ts'
import { protectedFile, sentence, shownTarget } from './words.ts'

/** What an audit line says beside its place and time, with the facts still whole. */
export interface Decided extends Pick<
  AuditLine,
  'subject' | 'permission' | 'target' | 'outcome' | 'by'
> {
  readonly access: Access
  readonly facts: PermissionNeed['facts']
  readonly labels: readonly Label[]
}

/** What the guard is made of. */
export interface GuardParts {
  readonly isProtected: Protects
  readonly remember: Policy['remember'] | undefined
  /** Keeps one decision; undefined where nothing has to be waited for. */
  readonly tell: (decided: Decided) => Promise<void> | undefined
  readonly warn: (message: string) => void
}

/** The service `permissions`. */
export class Guard implements Permissions {
  readonly #parts: GuardParts

  constructor(parts: GuardParts) {
    this.#parts = parts
  }

  decide(need: PermissionNeed, access: Access): PermissionDecision {
    return this.#judge(masked(need), access, false)
  }

  #judge(need: PermissionNeed, access: Access, follow: boolean): PermissionDecision {
    const decision = this.#byRules(need, access, follow)
    return decision.allowed ? (refuseMix(need, access) ?? decision) : decision
  }

  async require(given: PermissionNeed, access: Access): Promise<void> {
    const need = masked(given)
    const decision = this.#judge(need, access, true)
    if (decision.allowed) {
      const told = this.#tell(need, access, 'allowed', byRule(decision))
      see(need.permission, access)
      return told
    }
    const asked = await this.#ask(need, access, decision)
    const verdict = asked ?? { outcome: 'denied', by: byOf(decision), reason: decision.reason }
    await this.#tell(need, access, verdict.outcome, verdict.by)
    if (verdict.outcome !== 'approved')
      throw denied(need, access, { ...decision, reason: verdict.reason })
    see(need.permission, access)
  }

  mark(label: Label, access: Access): void {
    runState(access)?.labels.add(label)
  }

  labels(access: Access): ReadonlySet<Label> {
    return labelsOf(access)
  }

  #byRules(need: PermissionNeed, access: Access, follow: boolean): PermissionDecision {
    if (need.permission === 'write' && this.#parts.isProtected(need.target, follow))
      return protectedFile(need, access.root)
    return decideByGrants(need, access)
  }

  /** A person may fill in for what the command line has not said; never for a rule that says no. */
  async #ask(need: PermissionNeed, access: Access, refusal: Refusal): Promise<Verdict | undefined> {
    const { run } = access
    const state = runState(access)
    if (!run?.ask || !state || refusal.rule !== undefined) return undefined
    const mixed = refuseMix(need, access)
    if (mixed?.rule !== undefined) return undefined
    if (!decideByGrants(need, access).allowed && !onlyGivenLacks(need, access)) return undefined
    const { remember, warn } = this.#parts
    const mayLast = mixed === undefined
    const asking = { run, ask: run.ask, state, mayLast, remember, warn }
    return consult(need, access, mixed ?? refusal, asking)
  }

  #tell(
    { permission, target, facts }: PermissionNeed,
    access: Access,
    outcome: AuditLine['outcome'],
    by: string,
  ): Promise<void> | undefined {
    const { subject } = access
    const labels = [...labelsOf(access)]
    return this.#parts.tell({ access, subject, permission, target, outcome, by, facts, labels })
  }
}

/** A rule of a file is that file's, though it is given together with those of the command line. */
function byRule({ holder, rule, source }: Extract<PermissionDecision, { allowed: true }>): string {
  return `${source ?? holder}: ${rule}`
}

function byOf({ holder, rule, source, reason }: Refusal): string {
  if (rule === undefined) return `${holder}: ${reason}`
  return `${holder}: ${rule}${source === undefined ? '' : ` (${source})`}`
}

function denied(need: PermissionNeed, { root, subject }: Access, decision: Refusal): SpellError {
  const { permission } = need
  return new SpellError('PERMISSION_DENIED', sentence(need, decision, root, subject), {
    hint: decision.hint,
    details: {
      permission: { permission, target: shownTarget(need, root) },
      holder: decision.holder,
    },
  })
}

const NAMED: ReadonlySet<string> = new Set(['secret', 'env'])

/** A key in the place of its name would stand in hints and in the audit. */
function masked(need: PermissionNeed): PermissionNeed {
  if (!NAMED.has(need.permission) || !looksLikeKey(need.target)) return need
  return { ...need, target: '<a key in place of a name>', shown: '<a key in place of a name>' }
}
