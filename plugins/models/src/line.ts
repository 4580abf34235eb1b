import type { HookPoint, ModelSettings } from '@llmspell/sdk'
import { Breaker } from './breaker.ts'
import type { ModelsConfig } from './generated/config.ts'
import { RetryAllowance } from './retry-allowance.ts'

/** What is known of the servers behind all providers, across runs. */
export class Line {
  readonly #config: Pick<ModelsConfig, 'breaker'>
  readonly #point: HookPoint<'llm.breaker'>
  readonly #now: () => number
  readonly #breakers = new Map<string, Breaker>()
  readonly #allowances = new Map<string, RetryAllowance>()

  /** @param now ms of a clock that only moves forward */
  constructor(
    config: Pick<ModelsConfig, 'breaker'>,
    point: HookPoint<'llm.breaker'>,
    now: () => number,
  ) {
    this.#config = config
    this.#point = point
    this.#now = now
  }

  breaker({ provider, baseUrl }: ModelSettings): Breaker {
    const endpoint = originOf(baseUrl)
    return entry(
      this.#breakers,
      `${provider} ${endpoint}`,
      () =>
        new Breaker([provider, endpoint], this.#config.breaker, this.#now, (change) => {
          if (this.#point.used) void this.#point.call(change)
        }),
    )
  }

  allowance({ provider }: ModelSettings): RetryAllowance {
    return entry(this.#allowances, provider, () => new RetryAllowance(this.#now))
  }

  /** Why a provider is not asked for now, at its own address or at any other. */
  reason(provider: string): string | undefined {
    for (const breaker of this.#breakers.values()) {
      if (breaker.provider === provider && breaker.reason !== undefined) return breaker.reason
    }
    return undefined
  }
}

/** Scripts name addresses: what is kept for each is bounded. */
const MOST_KEPT = 1000

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  if (map.size >= MOST_KEPT) map.delete(map.keys().next().value!)
  const made = make()
  map.set(key, made)
  return made
}

function originOf(baseUrl: string | undefined): string {
  if (baseUrl === undefined) return 'its own address'
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : baseUrl
}
