import { durationMs, globMatcher } from '@llmspell/sdk'
import type { RateLimit } from './generated/config.ts'

const DEFAULT_WAIT_MS = 30_000
const DEFAULT_QUEUE = 100

/** Who calls what. */
export interface Called {
  readonly run: string
  readonly tool?: string
  /** `provider/model`. */
  readonly model?: string
  readonly agent?: string
}

type Matcher = (called: Called) => boolean

/** A row of the configuration, made ready. */
export interface Rule {
  /** For texts: `tool 'web-*'`. */
  readonly name: string
  readonly perMs: number
  readonly burst: number
  readonly waits: boolean
  readonly maxWaitMs: number
  readonly maxQueue: number
  fits: Matcher
  /** Calls of one key share a bucket. */
  keyOf(called: Called): string
}

/** @throws INPUT_INVALID for a pattern with too many alternatives */
export function ruleOf(row: RateLimit): Rule {
  const { limit, interval, on_limit, max_wait, max_queue = DEFAULT_QUEUE, per = [] } = row
  const matchers = matchersOf(row)
  return {
    name: nameOf(row),
    perMs: limit / durationMs(interval)!,
    burst: row.burst ?? Math.max(1, limit),
    waits: on_limit !== 'refuse',
    maxWaitMs: max_wait === undefined ? DEFAULT_WAIT_MS : durationMs(max_wait)!,
    maxQueue: max_queue,
    fits: (called) => matchers.every((fits) => fits(called)),
    keyOf: (called) => JSON.stringify(per.map((part) => partOf(called, part) ?? null)),
  }
}

const PARTS = ['tool', 'model', 'provider', 'agent'] as const

function matchersOf(row: RateLimit): readonly Matcher[] {
  return PARTS.flatMap((part) => {
    const pattern = row[part]
    if (pattern === undefined) return []
    const fits = globMatcher(pattern)
    return (called: Called) => {
      const value = partOf(called, part)
      return value !== undefined && fits(value)
    }
  })
}

function partOf(called: Called, part: 'run' | (typeof PARTS)[number]): string | undefined {
  return part === 'provider' ? called.model?.split('/', 1)[0] : called[part]
}

function nameOf(row: RateLimit): string {
  const given = PARTS.flatMap((part) => (row[part] === undefined ? [] : `${part} '${row[part]}'`))
  return given.length === 0 ? 'all calls' : given.join(', ')
}
