const CODES = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36, bold: 1, dim: 2 } as const

export type Style = keyof typeof CODES

/** Paints text for one stream, or leaves it alone. */
export type Paint = (style: Style, text: string) => string

/** Colours for a terminal only; `NO_COLOR` and `TERM=dumb` turn them off, `FORCE_COLOR` on. */
export function painter(isTTY: boolean, env = process.env): Paint {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  const off = Boolean(env['NO_COLOR']) || env['TERM'] === 'dumb'
  if (off || !(isTTY || forced)) return (_, text) => text
  return (style, text) => `\u001B[${CODES[style]}m${text}\u001B[0m`
}
