/** Data that crosses in both languages. */
export type Data =
  | null
  | boolean
  | number
  | string
  | readonly Data[]
  | { readonly [key: string]: Data }

/** A value as Lua source. */
export function inLua(value: Data): string {
  if (value === null) return 'JSON.null'
  if (typeof value === 'number') return numeral(value)
  if (typeof value === 'string') return textInLua(value)
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `JSON.array{ ${value.map(inLua).join(', ')} }`
  const rows = Object.entries(value).map(([key, inner]) => `[${textInLua(key)}] = ${inLua(inner)}`)
  return `JSON.object{ ${rows.join(', ')} }`
}

/** Whole numbers are integers of Lua, others floats. */
function numeral(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  return Number.isSafeInteger(value) ? value.toFixed(0) : value.toExponential(17)
}

/** Every byte by its number, so that no rule of quoting is needed. */
const textInLua = (text: string): string =>
  `"${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`

/** A value as JavaScript source. */
export function inJavaScript(value: Data): string {
  if (Object.is(value, -0)) return '-0'
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(inJavaScript).join(', ')}]`
  const rows = Object.entries(value).map(
    ([key, inner]) => `[${JSON.stringify(key)}]: ${inJavaScript(inner)}`,
  )
  return `{ ${rows.join(', ')} }`
}

/** A value as it comes back: Lua has no key whose value is null, and no language keeps -0. */
export function arrived(value: unknown, language: string): unknown {
  if (Object.is(value, -0)) return 0
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => arrived(item, language))
  const rows = Object.entries(value).filter(([, inner]) => language !== 'lua' || inner !== null)
  return Object.fromEntries(rows.map(([key, inner]) => [key, arrived(inner, language)]))
}
