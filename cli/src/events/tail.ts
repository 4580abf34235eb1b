import { setTimeout as sleep } from 'node:timers/promises'
import { isSpellError } from '@llmspell/sdk'
import type { BusEvent } from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { patiently } from '../kernel/patient.ts'
import { toJson } from '../print/envelope.ts'
import { err, out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { count } from '../units.ts'
import { eventLine } from './line.ts'

const DEFAULT_LIMIT = '50'
/** Between two looks the store is closed: others can have it. */
const LOOK_MS = 1000

interface Query {
  readonly pattern: string
  readonly after: number
  readonly limit: number
}

/** `events tail`: the newest kept events, or all behind an offset; with --follow also those that come. */
export async function tailEvents(stage: Stage): Promise<void> {
  const { parsed } = stage
  const since = text(parsed, 'since')
  const limit = count('limit', text(parsed, 'limit') ?? DEFAULT_LIMIT)
  const query = {
    pattern: parsed.args[0] ?? '*',
    after: since === undefined ? 0 : count('since', since),
    limit: since !== undefined && text(parsed, 'limit') === undefined ? Infinity : limit,
  }
  const config = await stage.config()
  const read = since === undefined ? newest : oldest
  const last = await patiently(stage, () =>
    look(stage, config, (history) => read(history, query.limit), query),
  )
  if (isOn(parsed, 'follow')) return follow(stage, config, { ...query, after: last })
  if (last === query.after && !stage.json) err('No event is kept that fits.\n')
}

type Read = (history: AsyncIterable<BusEvent>) => AsyncIterable<BusEvent>

async function* oldest(events: AsyncIterable<BusEvent>, limit: number): AsyncGenerator<BusEvent> {
  let left = limit
  if (left <= 0) return
  for await (const event of events) {
    yield event
    if (--left <= 0) return
  }
}

async function* newest(events: AsyncIterable<BusEvent>, limit: number): AsyncGenerator<BusEvent> {
  const kept: BusEvent[] = []
  for await (const event of events) {
    kept.push(event)
    if (kept.length > limit) kept.shift()
  }
  yield* kept
}

/** Prints what is read. @returns the last offset */
async function look(
  stage: Stage,
  config: Config,
  read: Read,
  { after, pattern }: Query,
): Promise<number> {
  const kernel = await stage.open(config)
  const paint = painter(process.stdout.isTTY)
  let last = after
  try {
    const bus = await kernel.use('events')
    for await (const event of read(bus.history({ after, pattern }))) {
      last = event.metadata.offset ?? last
      out(stage.json ? `${toJson(event)}\n` : eventLine(event, paint))
    }
  } finally {
    await kernel.stop()
  }
  return last
}

async function follow(stage: Stage, config: Config, query: Query): Promise<never> {
  let { after } = query
  let busy = false
  for (;;) {
    await sleep(LOOK_MS)
    try {
      after = await look(stage, config, (history) => history, { ...query, after })
      busy = false
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'STATE_BUSY') throw error
      if (!busy && !stage.quiet) err(`waiting: ${error.message}\n`)
      busy = true
    }
  }
}
