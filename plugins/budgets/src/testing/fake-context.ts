import type { ApprovalAnswer, ApprovalQuestion, CallContext, RunLimits } from '@llmspell/sdk'

/** The context of a call in a run of its own, as far as budgets look at it. */
export class FakeContext {
  readonly questions: ApprovalQuestion[] = []
  readonly cancelled: unknown[] = []
  readonly context: CallContext
  readonly #shared = new Map<string, unknown>()
  readonly #endings: (() => unknown)[] = []

  constructor(limits: RunLimits = {}, answers?: readonly ApprovalAnswer[]) {
    const ask = async (question: ApprovalQuestion): Promise<ApprovalAnswer> => {
      this.questions.push(question)
      return answers![this.questions.length - 1] ?? 'no'
    }
    this.context = {
      runId: 'run-1',
      actors: [],
      limits,
      signal: new AbortController().signal,
      share: (key: string, create: () => { value: unknown; dispose?: () => unknown }) =>
        this.#share(key, create),
      cancel: (reason: unknown) => void this.cancelled.push(reason),
      ...(answers ? { ask } : {}),
    } as unknown as CallContext
  }

  end(): void {
    for (const ending of this.#endings) ending()
  }

  #share(key: string, create: () => { value: unknown; dispose?: () => unknown }): unknown {
    if (!this.#shared.has(key)) {
      const { value, dispose } = create()
      this.#shared.set(key, value)
      if (dispose) this.#endings.push(dispose)
    }
    return this.#shared.get(key)
  }
}
