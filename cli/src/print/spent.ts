import type { Usage } from '@llmspell/sdk'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `12 ms`, `1.2 s`, `3 m 04 s`, `2 h 05 m`, `3 d 4 h`. */
export function spanText(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ${two((ms % MINUTE) / SECOND)} s`
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${two((ms % HOUR) / MINUTE)} m`
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')

/** `165 tokens, $0.0012`; empty where nothing was spent. */
export function usageText({ inputTokens = 0, outputTokens = 0, cost = 0 }: Partial<Usage>): string {
  const tokens = inputTokens + outputTokens
  const parts = [tokens > 0 ? `${tokens} tokens` : '', cost > 0 ? `$${moneyText(cost)}` : '']
  return parts.filter(Boolean).join(', ')
}

function moneyText(cost: number): string {
  return cost >= 1 ? cost.toFixed(2) : String(Number(cost.toPrecision(2)))
}

export function sumOf(usages: readonly (Partial<Usage> | undefined)[]): Usage {
  const sum = (key: 'inputTokens' | 'outputTokens' | 'cost'): number =>
    usages.reduce((total, usage) => total + (usage?.[key] ?? 0), 0)
  return { inputTokens: sum('inputTokens'), outputTokens: sum('outputTokens'), cost: sum('cost') }
}
