import { globMatcher, hookFacts, type HookPointInfo, type HookRegistry } from '@llmspell/sdk'
import { fieldsOf, LEVELS, levelOf, type Entry, type Level, type Redact } from './entry.ts'
import type { HookLoggingConfig } from './generated/config.ts'

/** Behind all that may change something. */
const STAGE = 1000
/** Points whose taps change nothing. */
const TOLD: ReadonlySet<string> = new Set(['observe', 'series', 'notify'])

// Sums of tenths come a hair short.
const ALMOST_ONE = 1 - 1e-9

const rank = (level: Level): number => LEVELS.indexOf(level)

/** What a listener works with. */
export interface Listening {
  readonly config: HookLoggingConfig
  /** Hides what an open run hides. */
  redactOf(runId: string): Redact | undefined
  add(entry: Entry): void
}

/** Taps every chosen point that only tells. */
export function listen(hooks: HookRegistry, listening: Listening): void {
  const { points, level, sample } = listening.config
  const wanted = chosen(points)
  const passes = sampler(sample)
  for (const info of hooks.list()) {
    // Hot paths: not even tapped where nothing of them would be written.
    const silent = info.kind === 'notify' && rank(levelOf(info, undefined)) < rank(level)
    if (!TOLD.has(info.kind) || !wanted(info.name) || silent) continue
    const tap = listener(info, listening, passes)
    hooks.tap(info.name as never, tap as never, { stage: STAGE })
  }
}

function listener(info: HookPointInfo, listening: Listening, passes: () => boolean) {
  const { config } = listening
  const levels = new Map([true, false, undefined].map((ok) => [ok, levelOf(info, ok)]))
  const redactOf = (runId: string): Redact | undefined => listening.redactOf(runId)
  return (payload: unknown): void => {
    const facts = hookFacts(payload, info.subject)
    const level = levels.get(facts.ok)!
    if (rank(level) < rank(config.level)) return
    if (rank(level) < rank('warn') && !passes()) return
    listening.add({ level, fields: fieldsOf(info, payload, facts, redactOf, config.payload) })
  }
}

/** Whether a list of patterns, each of which may take out again, means a name. */
function chosen(patterns: readonly string[]): (name: string) => boolean {
  const rules = patterns.map((pattern) => {
    const out = pattern.startsWith('!')
    return { out, fits: globMatcher(out ? pattern.slice(1) : pattern) }
  })
  return (name) => rules.findLast(({ fits }) => fits(name))?.out === false
}

/** True for this share of the calls, spread evenly. */
function sampler(share: number): () => boolean {
  let due = 0
  return () => {
    due += share
    if (due < ALMOST_ONE) return false
    due -= 1
    return true
  }
}
