import { pino } from 'pino'
import type { Entry } from './entry.ts'

/** Makes lines of JSON as pino does. */
export function formatter(): (entry: Entry) => string {
  let line = ''
  const sink = { write: (text: string) => void (line = text) }
  const formatters = { level: (level: string) => ({ level }) }
  const log = pino({ level: 'trace', base: null, timestamp: false, formatters }, sink)
  return ({ level, fields }) => {
    log[level](fields)
    return line
  }
}
