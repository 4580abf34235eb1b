import { SpellError } from '@llmspell/sdk'
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

const UNITS: Partial<Record<Limit, string>> = { timeMs: ' ms', cost: ' US dollars' }

/** BUDGET_EXCEEDED. `details` has the breach under the names that scripts know. */
export function exceeded({ who, limit, max, used, needed }: Breach): SpellError {
  const name = NAMES[limit].limit
  const unit = UNITS[limit] ?? ''
  const more = needed > 0 ? `, and ${shown(needed)} more would be needed` : ''
  const whose = `${who.charAt(0).toUpperCase()}${who.slice(1)}`
  return new SpellError(
    'BUDGET_EXCEEDED',
    `${whose} has used up its budget: expected ${name} of at most ${shown(max)}${unit}, found ${shown(used)}${unit}${more}.`,
    {
      hint: hintOf(who, name, limit),
      details: { limit: name, used, max, who, needed },
    },
  )
}

const FLAGS: Partial<Record<Limit, string>> = { tokens: '--max-tokens', cost: '--max-cost' }

function hintOf(who: string, name: string, limit: Limit): string {
  const flag = who === 'the run' ? FLAGS[limit] : undefined
  return `Raise ${flag ?? name}, or ask for less at once.`
}

/** Money of one call is a fraction of a cent. */
function shown(amount: number): string {
  return String(Number(amount.toPrecision(6)))
}

/** PRICE_UNKNOWN for a call whose money nobody could count. */
export function priceUnknown(subject: string, who: string): SpellError {
  return new SpellError(
    'PRICE_UNKNOWN',
    `${subject} has no known price, but max_cost of ${who} limits money.`,
    {
      hint: "Write its price under 'plugins.models.prices', or choose 'plugins.budgets.unknown_price'.",
      details: { who, limit: 'max_cost' },
    },
  )
}
