import { isDeepStrictEqual } from 'node:util'
import { classesOf, type Place, type Row, type Seen } from './rows.ts'

const MIB = 1024 * 1024
const LATE_MS = 100
const MOST_LAG_MS = 100
const MOST_FLOOD = 100 * MIB
const DEFAULT_MEMORY = 64 * MIB
/** What the process needs beside the script: the thread, its heap, garbage of both. */
const AROUND = 48 * MIB
/** How far an engine may go beyond its limit of memory; all others not at all. */
const OVERSHOOT: Readonly<Record<string, number>> = { fengari: 1.5 }

function isExpected(row: Row, found: string): boolean {
  if (found === 'refused:ENGINE_FAILED') return false
  const isError = found === 'killed' || found === 'memory' || found.startsWith('refused:')
  return classesOf(row).some((each) => each === found || (each === 'error' && isError))
}

/** True where a busy machine may be the reason: such a row deserves another try. */
export function isSlow({ found, ms, limitMs, lagMs, busy }: Seen, { isolation }: Place): boolean {
  const isLate = found === 'killed' && ms >= limitMs + LATE_MS * busy
  return isLate || (isolation === 'worker' && lagMs >= MOST_LAG_MS * busy)
}

/** What is wrong with what was seen of a row. */
export function faultsOf(row: Row, seen: Seen, place: Place): readonly string[] {
  const most = (row.limits?.memoryBytes ?? DEFAULT_MEMORY) * (OVERSHOOT[place.engine] ?? 1)
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`
  const checks: readonly (readonly [boolean, string])[] = [
    [!isExpected(row, seen.found), `found ${seen.found}: ${seen.message}`],
    [
      seen.found === 'ok' && row.value !== undefined && !isDeepStrictEqual(seen.value, row.value),
      `gave ${JSON.stringify(seen.value)}`,
    ],
    [row.twice === true && !isDeepStrictEqual(seen.again, seen.value), 'gave two values'],
    [isSlow(seen, place), `ended after ${seen.ms} ms, host away for ${seen.lagMs} ms`],
    [
      row.flood === true && seen.grownBytes > MOST_FLOOD,
      `the host grew by ${mib(seen.grownBytes)}`,
    ],
    [seen.wasmBytes > most, `the engine took ${mib(seen.wasmBytes)}`],
    [row.memory === true && seen.grownBytes > most + AROUND, `took ${mib(seen.grownBytes)}`],
    [!seen.alive, 'the next script did not run'],
  ]
  return checks.filter(([wrong]) => wrong).map(([, text]) => text)
}
