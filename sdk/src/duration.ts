const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** What a duration may look like in text, for schemas: `250ms`, `30s`, `1.5m`, `2h`, `1d`. */
export const DURATION_PATTERN = '^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$'

/** Milliseconds of a duration: a number is ms already. Undefined where the text is none. */
export function durationMs(duration: number | string): number | undefined {
  if (typeof duration === 'number') return duration >= 0 ? duration : undefined
  const unit = new RegExp(DURATION_PATTERN).exec(duration)?.[2]
  return unit === undefined ? undefined : Number.parseFloat(duration) * UNITS[unit]!
}

/** A duration for people: `250 ms`, `30 s`, `1.5 min`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`
  return `${Number((ms / 60_000).toFixed(1))} min`
}
