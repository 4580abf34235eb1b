import { retry } from '@llmspell/sdk'
import type { Effect, ErrorRecord, Verdict } from '@llmspell/sdk'
import { askedWait, mayPass } from './passing.ts'
import { waitOf } from './rules.ts'
import type { Rule } from './rules.ts'
import type { RetryStats } from './types.ts'

/** One failed try. */
export interface Failed {
  readonly tool?: string
  readonly model?: string
  readonly effect?: Effect
  /** From 1. */
  readonly attempt: number
  readonly error: ErrorRecord
}

interface Row {
  readonly rule: Rule
  retried: number
  gaveUp: number
  unsafe: number
}

/** Decides after each failed try whether there is another one. */
export class Retrier {
  readonly #rows: readonly Row[]
  readonly #random: () => number

  constructor(rules: readonly Rule[], random: () => number = Math.random) {
    this.#rows = rules.map((rule) => ({ rule, retried: 0, gaveUp: 0, unsafe: 0 }))
    this.#random = random
  }

  stats(): RetryStats {
    return this.#rows.map(({ rule, ...counts }) => ({ name: rule.name, ...counts }))
  }

  decide(failed: Failed): Verdict<never, never> | undefined {
    const row = this.#rows.find(({ rule }) => fits(rule, failed))
    if (!row || !mayPass(failed.error, row.rule)) return undefined
    const { rule } = row
    if (failed.effect === 'unsafe' && !rule.unsafe) return void row.unsafe++
    const asked = askedWait(failed.error)
    const delayMs = waitOf(rule, failed.attempt, asked, this.#random)
    if (delayMs === undefined || failed.attempt >= rule.maxAttempts) return void row.gaveUp++
    row.retried++
    return retry({ delayMs, maxAttempts: rule.maxAttempts })
  }
}

function fits(rule: Rule, { tool, model }: Failed): boolean {
  if (tool !== undefined) return rule.isForTool(tool)
  return model !== undefined && rule.isForModel(model)
}
