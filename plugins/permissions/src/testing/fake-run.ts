import type { Access, ApprovalAnswer, ApprovalQuestion, GrantChain, RunFacts } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import { Guard, type Decided, type GuardParts } from '../guard.ts'

/** A guard that keeps what it tells, and a run that it acts in. */
export class Scene {
  readonly told: Decided[] = []
  readonly asked: ApprovalQuestion[] = []
  readonly remembered: string[] = []
  readonly warnings: string[] = []
  readonly guard: Guard
  readonly stop = new AbortController()
  cancelled: SpellError | undefined
  readonly #shared = new Map<string, unknown>()
  readonly #answer: ((question: ApprovalQuestion) => Promise<ApprovalAnswer>) | undefined

  constructor(
    answer?: ApprovalAnswer | ((question: ApprovalQuestion) => Promise<ApprovalAnswer>),
    parts: Partial<GuardParts> = {},
  ) {
    this.#answer = typeof answer === 'string' ? () => Promise.resolve(answer) : answer
    this.guard = new Guard({
      isProtected: () => false,
      remember: (root, rule) => {
        this.remembered.push(rule)
        return Promise.resolve({ path: root, scope: 'user', trusted: true })
      },
      tell: (decided) => void this.told.push(decided),
      warn: (message) => void this.warnings.push(message),
      ...parts,
    })
  }

  /** The access of a call by these actors; none: the script itself. */
  access(grants: GrantChain, actors: readonly string[] = [], root = '/project'): Access {
    const answer = this.#answer
    const run: RunFacts = {
      runId: 'run-1',
      seq: 0,
      actors: actors.map((name) => ({ kind: 'agent', name })),
      ...(answer ? { ask: (question) => (this.asked.push(question), answer(question)) } : {}),
      conceal: () => undefined,
      cancel: (reason) => void (this.cancelled = reason),
      share: <T>(key: string, create: () => { readonly value: T }): T => {
        if (!this.#shared.has(key)) this.#shared.set(key, create().value)
        return this.#shared.get(key) as T
      },
    }
    return { subject: "Tool 'test'", grants, root, signal: this.stop.signal, run }
  }

  /** What came of a need: `allowed`, or the text of the error. */
  async came(permission: string, target: string, access: Access): Promise<string> {
    try {
      await this.guard.require({ permission, target }, access)
      return 'allowed'
    } catch (error) {
      return (error as Error).message
    }
  }
}

/** A chain of one layer that a person gave. */
export function line(
  allow: Readonly<Record<string, readonly string[]>>,
  deny: Readonly<Record<string, readonly string[]>> = {},
): GrantChain {
  return [{ holder: 'command line', allow, deny }]
}
