import type { BusEvent } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'

/** One event as a line for people: offset, time, type, whose it is, data. */
export function eventLine(event: BusEvent, paint: Paint): string {
  const { timestamp, event_type: type, data, metadata } = event
  const { offset, run_id: run, source } = metadata
  const head = [
    offset === undefined ? '' : String(offset),
    timestamp.slice(0, 23).replace('T', ' '),
  ]
  const who = run === undefined ? source : `${source} of ${run}`
  const words = [...head, paint('bold', plain(type)), `(${plain(who)})`, plain(toJson(data))]
  return `${words.filter((word) => word !== '').join('  ')}\n`
}
