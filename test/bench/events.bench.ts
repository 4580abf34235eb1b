// Events in process: delivered a second to 1, 10 and 100 subscribers, beside a bare EventEmitter with the same listeners.
// Each listener does what a small real one does: counts by type in a map, adds up a number of the data, keeps the last event.
// The emitter is measured twice: with events made beforehand (delivery alone), and with events that are made as the bus makes
// them: a number, an id, a time, who published it. Wire: npm run bench events
import { EventEmitter } from 'node:events'
import { cpus } from 'node:os'
import type { BusEvent, EventBus } from '@llmspell/sdk'
import { openHouse } from '../support/kernel.ts'
import { inTurn, median, ratio } from './support.ts'

const DELIVERED = 400_000
const ROUNDS = 9

interface Listener {
  count: number
  sum: number
  last: unknown
  readonly byType: Map<string, number>
}

function hear(listener: Listener, event: Pick<BusEvent, 'event_type' | 'data'>): void {
  const { byType } = listener
  byType.set(event.event_type, (byType.get(event.event_type) ?? 0) + 1)
  listener.count++
  listener.sum += (event.data as { readonly i: number }).i
  listener.last = event
}

const fresh = (n: number): Listener[] =>
  Array.from({ length: n }, () => ({ count: 0, sum: 0, last: undefined, byType: new Map() }))

/** @throws where one event was lost or heard twice */
function check(listeners: readonly Listener[], events: number): void {
  const sum = (events * (events - 1)) / 2
  const wrong = listeners.find((one) => one.count !== events || one.sum !== sum)
  if (wrong) throw new Error(`heard ${wrong.count} of ${events}, sum ${wrong.sum} of ${sum}`)
}

function made(i: number): BusEvent {
  const id = `bench-${i}`
  return {
    id,
    event_type: 'order.paid',
    data: { i },
    timestamp: new Date().toISOString(),
    sequence: i,
    correlation_id: id,
    language: 'host',
    metadata: { source: 'host' },
  }
}

const READY = Array.from({ length: DELIVERED }, (_, i) => made(i))

function emitted(n: number, event: (i: number) => BusEvent): number {
  const events = DELIVERED / n
  const emitter = new EventEmitter()
  emitter.setMaxListeners(0)
  const listeners = fresh(n)
  for (const one of listeners) emitter.on('order.paid', (told: BusEvent) => hear(one, told))
  const from = performance.now()
  for (let i = 0; i < events; i++) emitter.emit('order.paid', event(i))
  const ms = performance.now() - from
  check(listeners, events)
  return ms
}

function published(bus: EventBus, n: number): number {
  const events = DELIVERED / n
  const listeners = fresh(n)
  const open = listeners.map((one) => bus.on('order.*', (event) => hear(one, event)))
  const from = performance.now()
  for (let i = 0; i < events; i++) void bus.publish('order.paid', { i })
  const ms = performance.now() - from
  for (const one of open) one.close()
  check(listeners, events)
  return ms
}

/** Readers that pull one by one under `block`, and a publisher that waits for room. */
async function pulled(bus: EventBus, n: number): Promise<number> {
  const events = DELIVERED / n
  const listeners = fresh(n)
  const read = async (one: Listener): Promise<void> => {
    for await (const event of bus.subscribe('order.*')) {
      hear(one, event)
      if (one.count === events) return
    }
  }
  const from = performance.now()
  const reading = listeners.map(read)
  for (let i = 0; i < events; i++) {
    const told = bus.publish('order.paid', { i })
    if (told instanceof Promise) await told
  }
  await Promise.all(reading)
  const ms = performance.now() - from
  check(listeners, events)
  return ms
}

const perSecond = (times: readonly number[]): string =>
  Math.round((DELIVERED / median(times)) * 1000).toLocaleString('en')

await using house = await openHouse(['events', 'script-runtime'])
const bus = await house.kernel.use('events')
console.log(
  `events: ${cpus().length} cores, Node ${process.version}, ${DELIVERED} deliveries a round, ${ROUNDS} rounds`,
)
for (const n of [1, 10, 100]) {
  const sides = [
    { name: 'ready', run: () => emitted(n, (i) => READY[i]!) },
    { name: 'made', run: () => emitted(n, made) },
    { name: 'bus', run: () => published(bus, n) },
    { name: 'pull', run: () => pulled(bus, n) },
  ]
  const [ready, making, callback, pull] = (await inTurn(sides, ROUNDS)) as [
    number[],
    number[],
    number[],
    number[],
  ]
  const speed = (side: readonly number[]): string => (1 / ratio(callback, side)).toFixed(2)
  console.log(
    `${n} subscribers: callback ${perSecond(callback)}/s, pull ${perSecond(pull)}/s; ` +
      `EventEmitter ${perSecond(ready)}/s (the bus: ${speed(ready)} of it), ` +
      `making its events ${perSecond(making)}/s (${speed(making)})`,
  )
}
