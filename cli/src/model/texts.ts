/** Tokens for a column: `2k`, `128k`, `1.05M`. */
export function tokensText(tokens: number | undefined): string {
  if (tokens === undefined) return '-'
  if (tokens < 1000) return String(tokens)
  if (tokens < 1_000_000) return `${Math.round(tokens / 1000)}k`
  return `${Number((tokens / 1_000_000).toFixed(2))}M`
}

/** US dollars per million tokens. */
export function priceText(price: number | undefined): string {
  if (price === undefined) return '-'
  return price === 0 ? 'free' : `$${Number(price.toFixed(4))}`
}

/** What an answer cost, which may be very little. */
export function costText(cost: number): string {
  if (cost === 0) return 'no cost known'
  return cost < 0.000_001 ? 'under $0.000001' : `$${cost.toFixed(6)}`
}

/** `1.9 GB`: as servers of models count. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [size, unit] = [bytes, 0]
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`
}
