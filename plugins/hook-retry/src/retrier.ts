import { retry } from '@llmspell/sdk'
import type { ErrorRecord, Verdict } from '@llmspell/sdk'
import { askedWait, mayPass } from './passing.ts'
import { waitOf } from './rules.ts'
import type { Rule } from './rules.ts'
import type { RetryStats } from './types.ts'

/** One failed try. */
export interface Failed {
  readonly tool?: string
  readonly model?: string
  /** From 1. */
  readonly attempt: number
  readonly error: ErrorRecord
}

interface Row {
  readonly rule: Rule
  asked: number
  gaveUp: number
}

/** Decides after each failed try whether there is another one. */
export class Retrier {
  readonly #rows: readonly Row[]
  readonly #random: () => number

  constructor(rules: readonly Rule[], random: () => number = Math.random) {
    this.#rows = rules.map((rule) => ({ rule, asked: 0, gaveUp: 0 }))
    this.#random = random
  }

  stats(): RetryStats {
    return this.#rows.map(({ rule, ...counts }) => ({ name: rule.name, ...counts }))
  }

  decide(failed: Failed): Verdict<never, never> | undefined {
    const row = this.#rows.find(({ rule }) => fits(rule, failed))
    if (!row || !mayPass(failed.error, row.rule)) return undefined
    const { rule } = row
    const asked = askedWait(failed.error)
    const delayMs = waitOf(rule, failed.attempt, asked, this.#random)
    if (delayMs === undefined || failed.attempt >= rule.maxAttempts) return void row.gaveUp++
    row.asked++
    const { maxAttempts, unsafe } = rule
    // Without it the owner of the point looks at what this very call would do twice.
    return retry({ delayMs, maxAttempts, ...(unsafe && { unsafe }) })
  }
}

function fits(rule: Rule, { tool, model }: Failed): boolean {
  if (tool !== undefined) return rule.isForTool(tool)
  return model !== undefined && rule.isForModel(model)
}
