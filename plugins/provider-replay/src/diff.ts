const CONTEXT = 3
/** Most lines of each side that are compared one by one; the middle of longer ones is one change. */
const MOST = 1500

interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
  /** Numbers in the two texts, from 0. */
  readonly a: number
  readonly b: number
}

/** A unified diff; empty where both are the same. */
export function unifiedDiff(
  before: string,
  after: string,
  names: readonly [string, string],
): string {
  if (before === after) return ''
  const lines = compared(before.split('\n'), after.split('\n'))
  const text = hunks(lines).map((hunk) => hunkText(hunk))
  return [`--- ${names[0]}`, `+++ ${names[1]}`, ...text].join('\n')
}

function compared(a: readonly string[], b: readonly string[]): Line[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail))
    tail++
  const middle = changes(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head)
  const same =
    (from: number, shift: number) =>
    (text: string, i: number): Line => {
      return { mark: ' ', text, a: from + i, b: from + i + shift }
    }
  return [
    ...a.slice(0, head).map(same(0, 0)),
    ...middle,
    ...a.slice(a.length - tail).map(same(a.length - tail, b.length - a.length)),
  ]
}

function changes(a: readonly string[], b: readonly string[], start: number): Line[] {
  const shared = a.length > MOST || b.length > MOST ? undefined : commonTable(a, b)
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const at = { a: start + i, b: start + j }
    if (shared && i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ mark: ' ', text: a[i]!, ...at })
      i++
      j++
    } else if (j >= b.length || (i < a.length && takesLeft(shared, i, j))) {
      lines.push({ mark: '-', text: a[i++]!, ...at })
    } else lines.push({ mark: '+', text: b[j++]!, ...at })
  }
  return lines
}

function takesLeft(shared: readonly Uint16Array[] | undefined, i: number, j: number): boolean {
  return !shared || shared[i + 1]![j]! >= shared[i]![j + 1]!
}

/** Length of the longest common lines behind each pair of places. */
function commonTable(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    const [row, below] = [table[i]!, table[i + 1]!]
    for (let j = b.length - 1; j >= 0; j--)
      row[j] = a[i] === b[j] ? below[j + 1]! + 1 : Math.max(below[j]!, row[j + 1]!)
  }
  return table
}

function hunks(lines: readonly Line[]): readonly (readonly Line[])[] {
  const shown = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  )
  const groups: Line[][] = []
  for (const [i, line] of lines.entries()) {
    if (!shown[i]) continue
    if (i === 0 || !shown[i - 1]) groups.push([])
    groups.at(-1)!.push(line)
  }
  return groups
}

function hunkText(hunk: readonly Line[]): string {
  const [first] = hunk
  const left = hunk.filter(({ mark }) => mark !== '+').length
  const right = hunk.filter(({ mark }) => mark !== '-').length
  const head = `@@ -${first!.a + 1},${left} +${first!.b + 1},${right} @@`
  return [head, ...hunk.map(({ mark, text }) => mark + text)].join('\n')
}
