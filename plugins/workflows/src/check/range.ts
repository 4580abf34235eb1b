import { checkFields, expected, isTable, type FieldCheck, type Table } from './fields.ts'
import { below, type Findings } from './problem.ts'

const number: FieldCheck = (value, path, findings) => {
  if (typeof value !== 'number') expected('a number', value, path, findings)
}
const CHECKS = { from: number, to: number, step: number, start: number, end: number }

/** `{ from, to }` includes its end, `{ start, end }` does not. */
export const checkRange: FieldCheck = (value, path, findings) => {
  if (!isTable(value)) {
    return expected('a table such as { from = 1, to = 3 }', value, path, findings)
  }
  checkFields(value, CHECKS, path, findings)
  const newer = ['from', 'to'].some((key) => value[key] !== undefined)
  const older = ['start', 'end'].some((key) => value[key] !== undefined)
  if (newer && older) {
    findings.add(path, 'form', "A range has 'from' and 'to', or 'start' and 'end', not both.")
  } else bounds(value, older ? 'start' : 'from', older ? 'end' : 'to', path, findings)
}

function bounds(value: Table, first: string, last: string, path: string, findings: Findings): void {
  const { step = 1 } = value
  const end = value[last]
  const begin = value[first] ?? 1
  if (end === undefined) {
    findings.add(below(path, last), 'missing', `The range has no '${last}'.`, 'Add where it ends.')
  }
  if (step === 0) {
    return findings.add(below(path, 'step'), 'endless', 'A step of 0 never comes to the end.')
  }
  if (typeof begin !== 'number' || typeof end !== 'number' || typeof step !== 'number') return
  if (Math.sign(end - begin) * Math.sign(step) >= 0) return
  const place = value['step'] === undefined ? path : below(path, 'step')
  const message = `Steps of ${step} lead away from ${end}: the range begins at ${begin}.`
  findings.add(place, 'endless', message, 'Turn the sign of the step, or swap the two ends.')
}

/** Number of rounds of a range that is in order. */
export function roundsOf(range: unknown): number | undefined {
  if (!isTable(range)) return undefined
  const { step = 1 } = range
  const begin = range['from'] ?? range['start'] ?? 1
  const end = range['to'] ?? range['end']
  if (typeof begin !== 'number' || typeof end !== 'number' || typeof step !== 'number') {
    return undefined
  }
  const distance = (end - begin) / step
  const rounds = range['to'] === undefined ? Math.ceil(distance) : Math.floor(distance) + 1
  return Number.isFinite(rounds) ? Math.max(0, rounds) : undefined
}
