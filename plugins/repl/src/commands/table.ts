/** Narrower ones are not drawn for. */
const LEAST = 30
const MOST_NAME = 30

/** Two columns: texts that are too long for theirs are cut, or go on below. */
export function table(
  rows: readonly (readonly [name: string, text: string])[],
  columns: number,
  fit: 'cut' | 'wrap' = 'cut',
): string {
  const most = Math.min(MOST_NAME, Math.floor(columns / 2))
  const width = Math.min(most, Math.max(0, ...rows.map(([name]) => name.length))) + 2
  const room = Math.max(LEAST, columns - 1) - width
  return rows.map(([name, text]) => row(name, text, { width, room, fit })).join('\n')
}

interface Columns {
  readonly width: number
  readonly room: number
  readonly fit: 'cut' | 'wrap'
}

function row(name: string, text: string, { width, room, fit }: Columns): string {
  const line = text.replaceAll(/\s+/g, ' ')
  const [first = '', ...more] = fit === 'cut' ? [cut(line, room)] : wrapped(line, room)
  // A name that is too long has a line of its own.
  const begin = name.length + 1 > width ? `${name}\n${' '.repeat(width)}` : name.padEnd(width)
  return [`${begin}${first}`, ...more.map((each) => ' '.repeat(width) + each)].join('\n')
}

export function cut(line: string, room: number): string {
  return line.length > room ? `${line.slice(0, Math.max(0, room - 1))}…` : line
}

/** In lines of whole words. */
export function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= room) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
