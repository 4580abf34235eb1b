const WIDTH = 72
/** Entries that are shorter share lines. */
const SHORT = 16

/** What a table has, each value as text. */
export interface TableTexts {
  /** By whole numbers. */
  readonly list: ReadonlyMap<number, string>
  /** By all else, with the key as Lua writes it. */
  readonly named: readonly (readonly [key: string, text: string])[]
  /** True where more is in it than is shown. */
  readonly more: boolean
}

/** A table as people read it: positions first, then names in their order. */
export function tableText({ list, named, more }: TableTexts): string {
  const keys = [...list.keys()].toSorted((a, b) => a - b)
  // As long as they count up from 1 they need no name.
  const positions = keys.map((key, i) =>
    key === i + 1 ? list.get(key)! : `[${key}] = ${list.get(key)!}`,
  )
  const pairs = named
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${key} = ${text}`)
  return laidOut([...positions, ...pairs, ...(more ? ['...'] : [])])
}

/** On one line where there is room, else a line for each; short ones share lines. */
function laidOut(parts: readonly string[]): string {
  if (parts.length === 0) return '{}'
  const line = parts.join(', ')
  if (line.length <= WIDTH && !line.includes('\n')) return `{ ${line} }`
  const lines = parts.every((part) => part.length <= SHORT) ? filled(parts) : parts
  return `{\n${lines.map((each) => `  ${each.replaceAll('\n', '\n  ')}`).join(',\n')}\n}`
}

function filled(parts: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    if (last === undefined || last.length + part.length > WIDTH) lines.push(part)
    else lines[lines.length - 1] = `${last}, ${part}`
  }
  return lines
}
