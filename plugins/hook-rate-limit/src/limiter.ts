import { PluginError, durationText } from '@llmspell/sdk'
import { Line } from './line.ts'
import type { Passage } from './line.ts'
import type { Called, Rule } from './rules.ts'
import type { RateLimitStats } from './types.ts'

/** Most buckets of one row; beyond it those that are full are forgotten, then the oldest. */
const MOST_LINES = 10_000

interface Row {
  readonly rule: Rule
  readonly lines: Map<string, Line>
  passed: number
  waited: number
  waitedMs: number
  refused: number
}

/** All rows: a call passes when each that it fits has had room. */
export class Limiter {
  readonly #owner: string
  readonly #rows: readonly Row[]

  constructor(owner: string, rules: readonly Rule[]) {
    this.#owner = owner
    const none = { passed: 0, waited: 0, waitedMs: 0, refused: 0 }
    this.#rows = rules.map((rule) => ({ rule, lines: new Map(), ...none }))
  }

  stats(): RateLimitStats {
    return this.#rows.map(({ rule, lines, passed, waited, waitedMs, refused }) => {
      return { name: rule.name, buckets: lines.size, passed, waited, waitedMs, refused }
    })
  }

  /** @throws RATE_LIMITED with `retry_after_ms` */
  async pass(called: Called, signal: AbortSignal): Promise<void> {
    const taken: Line[] = []
    for (const row of this.#rows) {
      if (!row.rule.fits(called)) continue
      const line = lineOf(row, row.rule.keyOf(called))
      const passage = await line.pass(called.run, signal)
      count(row, passage)
      if (passage.passed) {
        taken.push(line)
        continue
      }
      for (const each of taken) each.giveBack()
      if (passage.reason === 'cancelled') return
      throw this.#refusal(row.rule, called, passage)
    }
  }

  #refusal(rule: Rule, { tool, model }: Called, passage: Passage & { passed: false }): PluginError {
    const subject = tool === undefined ? `Model '${model}'` : `Tool '${tool}'`
    const after = Math.ceil(passage.afterMs)
    const why = { ...WHY, wait: `the wait would be longer than ${durationText(rule.maxWaitMs)}` }
    const message = `${subject} is called too often: the limit of ${rule.name} has no room, ${why[passage.reason]}.`
    return new PluginError('RATE_LIMITED', message, {
      owner: this.#owner,
      step: 'tap',
      hint: `Try again in ${durationText(after)}.`,
      details: { limit: rule.name, reason: passage.reason, retry_after_ms: after, retryable: true },
    })
  }
}

const WHY = {
  limit: 'and it refuses what is beyond it',
  queue: 'and its queue is full',
  cancelled: 'and nobody waits any more',
}

function count(row: Row, passage: Passage): void {
  if (!passage.passed) {
    row.refused++
    return
  }
  row.passed++
  if (passage.waitedMs === 0) return
  row.waited++
  row.waitedMs += passage.waitedMs
}

function lineOf({ rule, lines }: Row, key: string): Line {
  const known = lines.get(key)
  if (known) return known
  if (lines.size >= MOST_LINES) for (const [old, line] of lines) if (line.idle) lines.delete(old)
  if (lines.size >= MOST_LINES) lines.delete(lines.keys().next().value!)
  const made = new Line(rule)
  lines.set(key, made)
  return made
}
