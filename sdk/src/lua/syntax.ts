/** A chunk without a first line for the shell; what follows keeps its lines. */
export const withoutShebang = (source: string): string => source.replace(/^#[^\n]*/, '')

/** Column of the token that the parser stopped at, where the line has it once. */
export function columnOf(message: string, line: string): number | undefined {
  const token = /near (?:'([^]+)'|(<eof>))$/.exec(message)
  if (!token) return undefined
  if (token[2] || token[1] === '<eof>') return line.length + 1
  const at = line.indexOf(token[1]!)
  return at >= 0 && at === line.lastIndexOf(token[1]!) ? at + 1 : undefined
}

/** True where more text could make the chunk complete. */
export function isIncomplete(message: string): boolean {
  return /near '?<eof>'?$/.test(message)
}
