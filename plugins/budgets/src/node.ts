import type {
  Budget,
  BudgetLimits,
  BudgetUse,
  Forecast,
  Reservation,
  SpellError,
  Usage,
} from '@llmspell/sdk'
import { amountsOf, NOTHING, ONE_TOOL, plus } from './amounts.ts'
import type { Amounts } from './amounts.ts'
import { Clock } from './clock.ts'
import { exceeded, priceUnknown } from './errors.ts'
import type { Breach } from './errors.ts'
import { defined } from './limits.ts'

/** What all nodes of one run have in common. */
export interface Rules {
  /** `deny`, `allow`, or US dollars per million tokens. */
  readonly unknownPrice: 'allow' | 'deny' | number
  /** Told once for each limit of a node that is nearly used up. */
  readonly onWarning?: (breach: Omit<Breach, 'needed'>) => void
}

const COUNTED = ['modelCalls', 'toolCalls', 'tokens', 'cost'] as const

/** Sums of fractions are not exact. In US dollars. */
const ROUNDING = 1e-9

const WARN_AT = 0.8

/** One node of the tree. With several above it, it is a place where parts of a script overlap. */
export class Node implements Budget {
  readonly name: string
  readonly rules: Rules
  readonly #above: readonly Node[]
  /** Whether it stands for an agent, as opposed to a part of the script. */
  readonly #level: boolean
  readonly #clock = new Clock()
  readonly #warned = new Set<string>()
  #limits: BudgetLimits
  #spent = NOTHING
  #held = NOTHING
  #open = 0

  constructor(
    name: string,
    limits: BudgetLimits,
    rules: Rules,
    above: readonly Node[] = [],
    level = false,
  ) {
    this.name = name
    this.rules = rules
    this.#above = above
    this.#level = level
    this.#limits = defined(limits)
    this.#startClock()
  }

  get limits(): BudgetLimits {
    return this.#limits
  }

  get used(): BudgetUse {
    return { ...this.#spent, timeMs: Math.round(this.#clock.elapsed) }
  }

  get signal(): AbortSignal | undefined {
    const signals = this.chain().flatMap((node) => node.#clock.signal ?? [])
    return signals.length < 2 ? signals[0] : AbortSignal.any(signals)
  }

  /** This node and all above, each once. */
  chain(): readonly Node[] {
    return [...new Set<Node>([this, ...this.#above.flatMap((node) => node.chain())])]
  }

  remaining(): Partial<BudgetUse> {
    const left: { -readonly [K in keyof BudgetUse]?: number } = {}
    for (const node of this.chain()) {
      const taken = { ...plus(node.#spent, node.#held), timeMs: Math.round(node.#clock.elapsed) }
      for (const key of [...COUNTED, 'timeMs'] as const) {
        const max = node.#limits[key]
        if (max !== undefined)
          left[key] = Math.min(left[key] ?? Infinity, Math.max(0, max - taken[key]))
      }
    }
    return left
  }

  child(name: string, limits: BudgetLimits): Node {
    for (const node of this.chain()) node.#refuseLevel(this)
    return new Node(name, limits, this.rules, [this], true)
  }

  /** A part of the script: no level of agents. */
  part(limits: BudgetLimits): Node {
    return new Node('a part of the script', limits, this.rules, [this])
  }

  reserve(forecast: Forecast, subject = 'A model'): Reservation {
    const chain = this.chain()
    const price = this.#price(forecast, chain, subject)
    const { tokens } = forecast
    const held: Amounts = { tokens, cost: price.of(tokens), modelCalls: 1, toolCalls: 0 }
    refuse(chain, held)
    for (const node of chain) node.#hold(held)
    let open = true
    const close = (spent: Amounts): void => {
      if (!open) return
      open = false
      for (const node of chain) node.#settle(held, spent)
    }
    return {
      settle: (usage) => close(amountsOf({ ...usage, cost: price.ofUsage(usage) }, held)),
      release: () => close(NOTHING),
    }
  }

  tool(): void {
    const chain = this.chain()
    refuse(chain, ONE_TOOL)
    for (const node of chain) node.#spend(ONE_TOOL)
  }

  lower(limits: BudgetLimits): void {
    const lower = Object.entries(defined(limits)).filter(
      ([key, max]) => max < (this.#limits[key as keyof BudgetLimits] ?? Infinity),
    )
    this.#limits = { ...this.#limits, ...Object.fromEntries(lower) }
    this.#startClock()
  }

  /** Makes room for one more call at a limit, or takes the limit away. */
  raise(limit: keyof BudgetLimits, max: number | undefined): void {
    const { [limit]: _, ...others } = this.#limits
    this.#limits = max === undefined ? others : { ...others, [limit]: max }
  }

  /** Stops its clock. */
  close(): void {
    this.#clock.stop()
  }

  /** The first limit that says no to what is about to be taken, this node's own. */
  breach(more: Amounts): Breach | undefined {
    const taken = plus(this.#spent, this.#held)
    const limit = COUNTED.find(
      (key) => taken[key] + more[key] > (this.#limits[key] ?? Infinity) + ROUNDING,
    )
    if (limit === undefined) return undefined
    const { name: who } = this
    return { who, limit, max: this.#limits[limit]!, used: taken[limit], needed: more[limit] }
  }

  overrun(): SpellError | undefined {
    for (const node of this.chain()) {
      const { tokens = Infinity, cost = Infinity } = node.#limits
      const { tokens: told, cost: paid } = node.#spent
      const limit = told > tokens ? 'tokens' : paid > cost + ROUNDING ? 'cost' : undefined
      if (limit === undefined) continue
      const [max, used] = [node.#limits[limit]!, node.#spent[limit]]
      return exceeded({ who: node.name, limit, max, used, needed: 0 })
    }
    return undefined
  }

  /** Where its time is used up. */
  get late(): Breach | undefined {
    const max = this.#limits.timeMs
    const used = Math.round(this.#clock.elapsed)
    if (max === undefined || (used < max && !this.#clock.signal?.aborted)) return undefined
    return { who: this.name, limit: 'timeMs', max, used, needed: 0 }
  }

  #price({ cost }: Forecast, chain: readonly Node[], subject: string) {
    const { unknownPrice } = this.rules
    if (cost !== undefined) return { of: () => cost, ofUsage: (usage: Usage) => usage.cost }
    const limited = chain.find((node) => node.#limits.cost !== undefined)
    if (unknownPrice === 'deny' && limited) throw priceUnknown(subject, limited.name)
    const perToken = typeof unknownPrice === 'number' ? unknownPrice / 1_000_000 : 0
    const of = (tokens: number): number => tokens * perToken
    return { of, ofUsage: (usage: Usage) => of(usage.inputTokens + usage.outputTokens) }
  }

  #hold(amounts: Amounts): void {
    this.#open++
    this.#held = plus(this.#held, amounts)
  }

  #settle(held: Amounts, spent: Amounts): void {
    this.#open--
    this.#held = this.#open === 0 ? NOTHING : plus(this.#held, held, -1)
    this.#spend(spent)
  }

  #spend(spent: Amounts): void {
    this.#spent = plus(this.#spent, spent)
    for (const limit of COUNTED) {
      const max = this.#limits[limit]
      const used = this.#spent[limit]
      if (max === undefined || used < max * WARN_AT || spent[limit] === 0) continue
      if (this.#warned.has(limit)) continue
      this.#warned.add(limit)
      this.rules.onWarning?.({ who: this.name, limit, max, used })
    }
  }

  #refuseLevel(below: Node): void {
    const max = this.#limits.depth
    if (max === undefined) return
    const between = below.chain().filter((node) => node !== this && node.chain().includes(this))
    const levels = between.filter((node) => node.#level).length
    if (levels < max) return
    throw exceeded({ who: this.name, limit: 'depth', max, used: levels, needed: 1 })
  }

  #startClock(): void {
    const max = this.#limits.timeMs
    if (max === undefined) return
    this.#clock.limit(max, () =>
      exceeded({ who: this.name, limit: 'timeMs', max, used: max, needed: 0 }),
    )
  }
}

/** Which node a refusal came from, for whoever may raise its limit. */
const refusals = new WeakMap<object, { readonly node: Node; readonly breach: Breach }>()

/** @throws BUDGET_EXCEEDED of the first node that has no room */
function refuse(chain: readonly Node[], more: Amounts): void {
  for (const node of chain) {
    const breach = node.late ?? node.breach(more)
    if (!breach) continue
    const error = exceeded(breach)
    refusals.set(error, { node, breach })
    throw error
  }
}

/** The node that refused, and the limit; nothing for any other error. */
export function refusalOf(error: unknown): { node: Node; breach: Breach } | undefined {
  return typeof error === 'object' && error !== null ? refusals.get(error) : undefined
}
