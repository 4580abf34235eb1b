import type { CsvInput } from './generated/input.ts'

export type Cell = string | number | boolean | null
type Kind = NonNullable<CsvInput['convert']>[number]

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const DATE =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/

const KINDS: Readonly<Record<Kind, (text: string) => Cell | undefined>> = {
  numbers: (text) => {
    const number = NUMBER.test(text) ? Number(text) : NaN
    return Number.isFinite(number) && isKept(text, number) ? number : undefined
  },
  booleans: (text) => {
    const lower = text.toLowerCase()
    return lower === 'true' ? true : lower === 'false' ? false : undefined
  },
  dates: (text) => {
    const found = DATE.exec(text)
    if (!found || Number.isNaN(Date.parse(text.slice(0, 10)))) return undefined
    // Without an offset nobody knows the moment: the time stays as it is.
    if (found[2] === undefined) return text.replace(' ', 'T')
    const date = new Date(text.replace(' ', 'T'))
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
  },
}

/** Turns cells into more than text, where nothing is lost: `007` and 2^53 + 1 stay texts. */
export function converter(kinds: readonly Kind[] = []): (text: string) => Cell {
  const tries = kinds.map((kind) => KINDS[kind])
  return (text) => {
    for (const attempt of tries) {
      const found = attempt(text)
      if (found !== undefined) return found
    }
    return text
  }
}

function isKept(text: string, number: number): boolean {
  return !/^-?\d+$/.test(text) || Number.isSafeInteger(number)
}
