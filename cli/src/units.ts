import { SpellError } from '@llmspell/sdk'

const TIMES: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }
const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1000,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1e6,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1e9,
  gib: 1024 ** 3,
}

/** Milliseconds of `1500`, `250ms`, `30s`, `5m`, `2h`, `1d`. @throws FLAG_INVALID */
export function duration(flag: string, text: string): number {
  return measure(flag, text, TIMES, "a duration such as '10s', '500ms' or '5m'")
}

/** Bytes of `65536`, `64KiB`, `64MiB`, `1GiB`. @throws FLAG_INVALID */
export function size(flag: string, text: string): number {
  return measure(flag, text, SIZES, "a size such as '64MiB' or '512KiB'")
}

// Below it no engine can start, and would use this much all the same.
const LEAST_MEMORY = 16 * 1024 ** 2

/** Bytes of at least 16 MiB. @throws FLAG_INVALID */
export function memory(flag: string, text: string): number {
  const bytes = size(flag, text)
  if (bytes >= LEAST_MEMORY) return bytes
  const found = `Flag '--${flag}' is wrong: expected at least 16 MiB, found '${text}'.`
  throw new SpellError('FLAG_INVALID', found, { hint: `Write it as: --${flag}=16MiB` })
}

/** A whole number of at least 1. @throws FLAG_INVALID */
export function count(flag: string, text: string): number {
  return measure(flag, text, { '': 1 }, 'a whole number of at least 1')
}

/** US dollars of at least 0: `0.5`, `$2`. @throws FLAG_INVALID */
export function money(flag: string, text: string): number {
  const given = text.trim()
  if (/^\$?(?:\d+(?:\.\d+)?|\.\d+)$/.test(given)) return Number(given.replace('$', ''))
  const found = `Flag '--${flag}' is wrong: expected an amount of US dollars such as '0.5', found '${text}'.`
  throw new SpellError('FLAG_INVALID', found, { hint: `Write it as: --${flag}=0.5` })
}

function measure(
  flag: string,
  text: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim().replaceAll('_', ''))
  const unit = match ? units[match[2]!.toLowerCase()] : undefined
  const value = unit === undefined ? Number.NaN : Math.round(Number(match![1]) * unit)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new SpellError(
      'FLAG_INVALID',
      `Flag '--${flag}' is wrong: expected ${expected}, found '${text}'.`,
      {
        hint: `Write it as: --${flag}=${expected.match(/'([^']+)'/)?.[1] ?? '1000'}`,
      },
    )
  }
  return value
}
