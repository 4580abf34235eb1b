import type { ModelsConfig } from './generated/config.ts'
import type { ResolvedModel } from './types.ts'

type Priced = Pick<
  ResolvedModel,
  'id' | 'provider' | 'model' | 'priceIn' | 'priceOut' | 'priceCached'
>

/** The model with the prices of the configuration, which win over those of its provider's list. */
export function withPrices<T extends Priced>(
  model: T,
  { prices }: Pick<ModelsConfig, 'prices'>,
): T {
  const { provider, model: name } = model
  const row = prices[model.id] ?? prices[`${provider}/${name}`] ?? prices[`${provider}/*`]
  if (row === undefined) return model
  const { priceCached: _, ...others } = model
  const cached = row.cached === undefined ? {} : { priceCached: row.cached }
  return { ...others, priceIn: row.in, priceOut: row.out, ...cached } as T
}
