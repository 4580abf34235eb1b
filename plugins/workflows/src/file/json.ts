import type { Problem } from '../check/index.ts'
import type { Place } from './places.ts'

/** What JSON's own reader says against a text that YAML's may take. */
export function jsonProblem(text: string): (Problem & Partial<Place>) | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    if (error instanceof RangeError) {
      return { path: '', kind: 'size', message: 'The file is nested too deeply.' }
    }
    const [message, place] = split((error as Error).message)
    return { path: '', kind: 'syntax', message: `${message}.`, ...place }
  }
}

/** Node's texts end in `in JSON at position 5 (line 1 column 6)`. */
function split(message: string): readonly [string, Place] {
  const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(message) ?? []
  const short = message.replace(/,? (?:in JSON )?at position .*$|, "[^]*$/, '').slice(0, 200)
  return [short, { line: Number(line ?? 1), column: Number(column ?? 1) }]
}
