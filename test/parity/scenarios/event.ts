import { both } from '../scenario.ts'

/** Events: messages of the run and of the host. */
export const EVENT = [
  both(
    'publishes events and reads them in order',
    'Event.publish Event.subscribe Event.receive Event.Subscription.next',
    `local sub = Event.subscribe('order.*')
     for i = 1, 3 do Event.publish('order.paid', { sum_of = i }, { correlation_id = 'c' .. i, tags = { 'x' } }) end
     local a, b = Event.receive(sub, '5s'), sub:next()
     return { sub.id, sub.pattern, a.event_type, a.data, a.correlation_id, a.metadata.tags, a.metadata.source, b.sequence - a.sequence, Event.receive('sub_1').data.sum_of, sub:next(1) == nil }`,
    `const sub = await Event.subscribe('order.*')
     for (let i = 1; i <= 3; i++) await Event.publish('order.paid', { sum_of: i }, { correlationId: 'c' + i, tags: ['x'] })
     const a = await Event.receive(sub, '5s'), b = await sub.next()
     return [sub.id, sub.pattern, a.eventType, a.data, a.correlationId, a.metadata.tags, a.metadata.source, b.sequence - a.sequence, (await Event.receive('sub_1')).data.sum_of, (await sub.next(1)) == null]`,
    {
      value: ['sub_1', 'order.*', 'order.paid', { sum_of: 1 }, 'c1', ['x'], 'script', 1, 3, true],
    },
  ),
  both(
    'is called with events until it closes',
    'Event.subscribe Event.unsubscribe Event.list_subscriptions Event.get_stats Event.Subscription.close',
    `local heard, done = {}, Event.subscribe('done')
     local sub = Event.subscribe('*.paid', function(ev) heard[#heard + 1] = ev.data if ev.data == 3 then Event.publish('done') end end, { timeout = '5s' })
     Event.subscribe('never', nil, { buffer = 2, overflow = 'drop_oldest', target = 'me' })
     for i = 1, 3 do Event.publish('order.paid', i) end
     done:next('5s')
     local rows = Event.list_subscriptions()
     local open = { sub:close(), sub:close(), Event.unsubscribe('sub_3'), Event.unsubscribe('sub_9') }
     Event.publish('order.paid', 4)
     local stats = Event.get_stats()
     return { heard, #rows, rows[2].delivered, rows[3].overflow, open, stats.published, stats.delivered, stats.subscriptions }`,
    `const heard = [], done = await Event.subscribe('done')
     const sub = await Event.subscribe('*.paid', async (ev) => { heard.push(ev.data); if (ev.data === 3) await Event.publish('done') }, { timeout: '5s' })
     await Event.subscribe('never', undefined, { buffer: 2, overflow: 'drop_oldest', target: 'me' })
     for (let i = 1; i <= 3; i++) await Event.publish('order.paid', i)
     await done.next('5s')
     const rows = await Event.listSubscriptions()
     const open = [await sub.close(), await sub.close(), await Event.unsubscribe('sub_3'), await Event.unsubscribe('sub_9')]
     await Event.publish('order.paid', 4)
     const stats = await Event.getStats()
     return [heard, rows.length, rows[1].delivered, rows[2].overflow, open, stats.published, stats.delivered, stats.subscriptions]`,
    {
      unordered: true,
      value: [[1, 2, 3], 3, 3, 'drop_oldest', [true, false, true, false], 5, 4, 1],
    },
  ),
  both(
    'iterates over events',
    'Event.Subscription.events',
    `local sub, heard = Event.subscribe('n.*'), {}
     for i = 1, 200 do Event.publish('n.x', i) end
     for ev in sub:events() do heard[#heard + 1] = ev.data if #heard == 200 then sub:close() end end
     return { #heard, heard[1], heard[200] }`,
    `const sub = await Event.subscribe('n.*'), heard = []
     for (let i = 1; i <= 200; i++) await Event.publish('n.x', i)
     for await (const ev of sub.events()) { heard.push(ev.data); if (heard.length === 200) await sub.close() }
     return [heard.length, heard[0], heard[199]]`,
    { value: [200, 1, 200] },
  ),
  both(
    'has dead letters of functions that fail',
    'Event.dead_letters',
    `local calls = 0
     Event.subscribe('x', function(ev) calls = calls + 1 error{ code = 'NO_STOCK', message = 'gone' } end)
     for i = 1, 5 do Event.publish('x', i) end
     Run.sleep(1000)
     local rows = {}
     for i, letter in ipairs(Event.dead_letters()) do rows[i] = { letter.event.data, letter.reason, letter.subscription } end
     return { calls, rows }`,
    `let calls = 0
     await Event.subscribe('x', () => { calls++; throw new SpellError({ code: 'NO_STOCK', message: 'gone' }) })
     for (let i = 1; i <= 5; i++) await Event.publish('x', i)
     await Run.sleep(1000)
     return [calls, (await Event.deadLetters()).map((letter) => [letter.event.data, letter.reason, letter.subscription])]`,
    {
      unordered: true,
      value: [5, [1, 2, 3, 4, 5].map((i) => [i, 'failed', 'sub_1'])],
    },
  ),
  both(
    'keeps events and reads them again',
    'Event.history',
    `Event.publish('kept.a', 1, { persist = true }) Event.publish('kept.b', 2) Event.publish('kept.a', 3, { persist = true })
     local rows = Event.history{ pattern = 'kept.*', limit = 10 }
     local sub = Event.subscribe('kept.*', nil, { replay = rows[1].metadata.offset })
     Event.publish('kept.c', 4)
     return { #rows, rows[1].data, rows[2].data, sub:next('5s').data, sub:next('5s').data }`,
    `await Event.publish('kept.a', 1, { persist: true }); await Event.publish('kept.b', 2); await Event.publish('kept.a', 3, { persist: true })
     const rows = await Event.history({ pattern: 'kept.*', limit: 10 })
     const sub = await Event.subscribe('kept.*', undefined, { replay: rows[0].metadata.offset })
     await Event.publish('kept.c', 4)
     return [rows.length, rows[0].data, rows[1].data, (await sub.next('5s')).data, (await sub.next('5s')).data]`,
    { value: [2, 1, 3, 3, 4] },
  ),
  both(
    'publishes under a name of the host',
    'Event.publish',
    `Event.publish('tool.executed', {})`,
    `await Event.publish('tool.executed', {})`,
    { error: 'EVENT_RESERVED' },
  ),
  both(
    'publishes under no name',
    'Event.publish',
    `Event.publish('two words')`,
    `await Event.publish('two words')`,
    { error: 'EVENT_TYPE_INVALID' },
  ),
  both(
    'listens to a pattern that means nothing',
    'Event.subscribe',
    `Event.subscribe('a*b')`,
    `await Event.subscribe('a*b')`,
    { error: 'EVENT_PATTERN_INVALID' },
  ),
  both(
    'wants the events of others',
    'Event.subscribe',
    `Event.subscribe('*', nil, { all_runs = true })`,
    `await Event.subscribe('*', undefined, { allRuns: true })`,
    { error: 'PERMISSION_DENIED' },
  ),
  both(
    'has no room for an event',
    'Event.publish',
    `Event.subscribe('x', nil, { buffer = 1, overflow = 'error' }) Event.publish('x') Event.publish('x')`,
    `await Event.subscribe('x', undefined, { buffer: 1, overflow: 'error' }); await Event.publish('x'); await Event.publish('x')`,
    { error: 'EVENT_OVERFLOW' },
  ),
]
