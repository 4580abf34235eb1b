import type { Tool, ToolOutput } from '@llmspell/sdk'
import { noteOf } from './clock-change.ts'
import type { DatetimeInput } from './generated/input.ts'
import { validate } from './generated/input.validate.js'
import { validate as validateOutput } from './generated/output.validate.js'
import type { Luxon } from './luxon.ts'
import { difference, momentOf } from './operations.ts'
import { checkParts } from './parts.ts'
import { read } from './read.ts'
import type { Reading } from './read.ts'
import { checkLocale, infoOf, show, timeResult } from './show.ts'
import { zoneOf } from './zone.ts'

/** The tool. What `now` said is taken from the journal when a run is repeated. */
export const datetime: Tool<DatetimeInput> = {
  validate,
  validateOutput,
  async execute(input) {
    checkParts(input)
    const { from, zone, locale = 'en', operation } = input
    const reading = { from, zone: zoneOf(zone), locale: checkLocale(locale) }
    const luxon = await import('luxon')
    if (operation === 'diff') return differenceOutput(luxon, input, reading)
    return timeOutput(luxon, input, reading)
  },
}

function timeOutput(luxon: Luxon, input: DatetimeInput, reading: Reading): ToolOutput {
  const { operation, format = 'iso', other } = input
  const { time, wall, from } = momentOf(luxon, input, reading)
  const now = luxon.DateTime.utc()
  const base = other === undefined ? now : read(luxon, 'other', other, reading).time
  const text = show(time, { format, locale: reading.locale, base })
  const result = {
    ...timeResult(time, text, noteOf(time, wall)),
    ...(operation === 'parse' && from !== undefined ? { read_as: from } : {}),
    ...(operation === 'info' ? { info: infoOf(time, reading.locale) } : {}),
  }
  const lines = Object.entries(result.info ?? {}).map(([name, value]) => `${name}: ${value}`)
  return { result, text: [text, ...lines].join('\n'), operation }
}

function differenceOutput(luxon: Luxon, input: DatetimeInput, reading: Reading): ToolOutput {
  const result = difference(luxon, input, reading)
  const parts = Object.entries(result.difference ?? {})
  const text = parts.map(([unit, count]) => `${count} ${unit}`).join(', ')
  return { result: { ...result }, text, operation: 'diff' }
}
