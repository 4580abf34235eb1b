import { SpellError } from '@llmspell/sdk'
import { exact } from './exact.ts'
import { NAMES } from './limits.ts'
import type { Limit } from './limits.ts'

/** What a limit says no to. */
export interface Breach {
  /** Whose limit it is: `the run`, `agent 'poet'`. */
  readonly who: string
  readonly limit: Limit
  readonly max: number
  /** Spent and set aside. */
  readonly used: number
  /** What one more call was expected to take; 0 where the limit is passed already. */
  readonly needed: number
}

const UNITS: Readonly<Record<Limit, readonly [one: string, many: string]>> = {
  timeMs: ['ms', 'ms'],
  cost: ['US dollars', 'US dollars'],
  tokens: ['token', 'tokens'],
  modelCalls: ['step', 'steps'],
  toolCalls: ['tool call', 'tool calls'],
  depth: ['level', 'levels'],
}

/** BUDGET_EXCEEDED. `details` has the breach under the names that scripts know. */
export function exceeded({ who, limit, max, used, needed }: Breach): SpellError {
  const name = NAMES[limit].limit
  const whose = `${who.charAt(0).toUpperCase()}${who.slice(1)}`
  const left = max - used
  const found =
    needed > 0 && left > 0
      ? [
          'has too little left',
          `the next call would need ${said(needed - left)} more than the ${said(left)} left`,
        ]
      : ['has used up its budget', `found ${said(used)}`]
  return new SpellError(
    'BUDGET_EXCEEDED',
    `${whose} ${found[0]}: expected ${name} of at most ${said(max)}, ${found[1]}.`,
    {
      hint: hintOf(who, name, limit),
      details: { limit: name, used: exact(used), max, who, needed: exact(needed) },
    },
  )

  function said(amount: number): string {
    const [one, many] = UNITS[limit]
    return `${shown(amount)} ${amount === 1 ? one : many}`
  }
}

const FLAGS: Partial<Record<Limit, string>> = { tokens: '--max-tokens', cost: '--max-cost' }

function hintOf(who: string, name: string, limit: Limit): string {
  const flag = who === 'the run' ? FLAGS[limit] : undefined
  return `Raise ${flag ?? name}, or ask for less at once.`
}

/** Money of one call is a fraction of a cent. */
function shown(amount: number): string {
  return amount.toLocaleString('en-US', { maximumSignificantDigits: 6, useGrouping: false })
}

/** PRICE_UNKNOWN for a call whose money nobody could count. */
export function priceUnknown(subject: string, who: string): SpellError {
  return new SpellError(
    'PRICE_UNKNOWN',
    `${subject} has no known price, but max_cost of ${who} limits money.`,
    {
      hint: "Write its price under 'plugins.models.prices', or choose 'plugins.budgets.unknown_price', in a file of your own named with --config.",
      details: { who, limit: 'max_cost' },
    },
  )
}
