import { definePlugin, cancel, modify } from '@llmspell/sdk'
import type { BusEvent } from '@llmspell/sdk'
import { afterAll, describe, expect, test } from 'vitest'
import type { Value } from '@llmspell/sdk'
import { ALL, openHouse } from '../support/kernel.ts'

/** Listens at the points of the bus as its rows say. */
const told: unknown[] = []
const guard = {
  manifest: {
    manifest: 1,
    id: 'listener',
    main: './listener.js',
    phase: 'globals',
    requires: { hooks: '^1' },
    provides: { listener: '1.0.0' },
  },
  plugin: definePlugin({
    setup: (ctx) => {
      ctx.provide('listener' as never, ctx.use('hooks') as never)
    },
  }),
} as const

const house = await openHouse([...ALL, 'engine-javascript'], [guard as never], {
  plugins: { state: { store: 'memory' } },
})
const bus = await house.kernel.use('events')
const hooks = (await house.kernel.use('listener' as never)) as unknown as {
  tap(name: string, fn: (payload: never) => unknown, options?: object): () => void
  list(): readonly { readonly name: string; readonly used: boolean; readonly kind: string }[]
}
afterAll(() => house.kernel.stop())

const POINTS = [...new Set((await bus.types()).map(({ point }) => point))]
const used = (): readonly string[] =>
  hooks.list().flatMap(({ name, used: is }) => (is && POINTS.includes(name) ? [name] : []))

const BUSY = `
  Tool.calculator{ expression = "1+1" }
  Tool.calculator{ expression = "1/0" }
  Agent.create{ system_prompt = "x" }:execute("hi")
  local flow = Workflow.sequential{ name = "flow", steps = {
    { name = "one", tool = "calculator", input = { expression = "2" } },
    { name = "two", run = function() error("no") end },
  } }
  pcall(flow.execute, flow)
  pcall(Tool.file_read, { path = "/etc/hostname" })
  State.save("global", "k", 1)
  Run.checkpoint("half")
`

describe('events of the host', () => {
  test('cost nothing while nobody listens', async () => {
    const before = used()
    const one = bus.subscribe('tool.*')
    expect(used().toSorted()).toEqual([...before, 'tool.done'].toSorted())
    const two = bus.on('*', () => {})
    expect(POINTS.filter((point) => !used().includes(point))).toEqual([])
    two.close()
    one.close()
    expect(used()).toEqual(before)
  })

  test('are published for each thing that happens, as their schemas say', async () => {
    const heard: BusEvent[] = []
    const all = bus.on('*', (event) => void heard.push(event))
    const { runId } = await house.lua(BUSY, { settings: { model: 'mock/demo' } })
    all.close()
    const kinds = new Set(heard.map((event) => event.event_type))
    const expected = [
      'agent.started',
      'agent.completed',
      'tool.executed',
      'tool.failed',
      'workflow.started',
      'workflow.step.started',
      'workflow.step.completed',
      'workflow.step.failed',
      'workflow.failed',
      'run.started',
      'run.checkpoint',
      'run.ended',
      'permission.denied',
      'state.changed',
    ]
    expect(expected.filter((type) => !kinds.has(type))).toEqual([])
    expect(heard.every(({ metadata }) => metadata.run_id === runId)).toBe(true)
    const schemas = await house.kernel.use('schemas')
    const known = new Map((await bus.types()).map(({ type, data }) => [type, data]))
    for (const { event_type: type, data } of heard) {
      const validate = await schemas.compile(known.get(type)!)
      expect([type, validate(data), validate.errors ?? []]).toEqual([type, true, []])
    }
  })

  test('say nothing of what went in and out', async () => {
    const heard: BusEvent[] = []
    const all = bus.on('*', (event) => void heard.push(event))
    const source = `Tool.text{ operation = "upper", text = "canary-7731" } error("canary-7731")`
    await house.lua(source).catch(() => {})
    all.close()
    expect(heard.length).toBeGreaterThan(2)
    expect(JSON.stringify(heard)).not.toContain('canary-7731')
  })

  test('a listener that fails or stalls holds up nothing', async () => {
    const bad = bus.on('tool.*', () => {
      throw new Error('no')
    })
    const stalled = bus.subscribe('tool.*', { buffer: 1 })
    const source = `for i = 1, 20 do Tool.calculator{ expression = "1" } end return true`
    expect((await house.lua(source)).value).toBe(true)
    expect(stalled.info().waiting).toBe(20)
    stalled.close()
    bad.close()
  })
})

describe('a script', () => {
  test('hears the host, and no other run without the permission', async () => {
    const hear = (options: string) => `
      local sub = Event.subscribe("news.*", nil, ${options})
      Event.publish("news.own", 1)
      local heard = {}
      for ev in sub:events() do heard[#heard + 1] = ev.event_type if ev.event_type == "news.last" then sub:close() end end
      return heard`
    let begun = 0
    const own = bus.on('news.own', () => void begun++)
    const listening = [
      house.lua(hear('nil')),
      house.lua(hear('{ all_runs = true }'), { allow: { events: ['news.*'] } }),
    ]
    await expect.poll(() => begun, { timeout: 30_000 }).toBe(2)
    own.close()
    await house.lua(`Event.publish("news.other", 2)`)
    await bus.publish('news.last')
    const [plain, allowed] = await Promise.all(listening)
    expect(plain!.value).toEqual(['news.own', 'news.last'])
    expect(new Set(allowed!.value as string[])).toEqual(
      new Set(['news.own', 'news.other', 'news.last']),
    )
  })

  test('hides what it hides in what it publishes', async () => {
    const heard: BusEvent[] = []
    const all = bus.on('out.*', (event) => void heard.push(event))
    process.env['CANARY_EV'] = 'canary-0123456789'
    const source = `Secret.get("env:CANARY_EV") Tool.environment{ name = "CANARY_EV" }
      Event.publish("out.key", { key = Tool.environment{ name = "CANARY_EV" }.text, plain = "canary" .. "-0123456789" })`
    const allow = { env: ['CANARY_EV'], secret: ['env:CANARY_EV'] }
    await house
      .lua(source, { allow })
      .catch((error: unknown) => heard.push({ data: String(error) } as never))
    all.close()
    delete process.env['CANARY_EV']
    expect(heard).toHaveLength(1)
    expect(JSON.stringify(heard[0]!.data)).not.toContain('0123456789')
  })

  test('that never reads ends at its memory, and the host goes on', async () => {
    const source = `Event.subscribe("flood") local text = ("x"):rep(100000)
      for i = 1, 100000 do Event.publish("flood", text) end`
    await expect(house.lua(source)).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
    expect(bus.list()).toEqual([])
  })

  test('holds so many subscriptions and no more, and all end with it', async () => {
    const source = `for i = 1, 1001 do Event.subscribe("x." .. i) end`
    await expect(house.lua(source)).rejects.toMatchObject({ code: 'EVENT_LIMIT' })
    expect(bus.list()).toEqual([])
  })

  test('is told at its end what its functions have not heard yet', async () => {
    const written: string[] = []
    const source = `local n = 0
      Event.subscribe("x", function(ev) n = n + 1 if n == 500 then print("all 500") end end)
      for i = 1, 500 do Event.publish("x", i) end`
    await house.lua(source, { write: (text) => void written.push(text) })
    expect(written.join('')).toContain('all 500')
  })

  test('whose function publishes without end is ended by its time', async () => {
    const source = `Event.subscribe("x", function() Event.publish("x") end) Event.publish("x") Run.sleep("10s")`
    const run = house.lua(source, { limits: { timeMs: 500 } })
    await expect(run).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(bus.list()).toEqual([])
  })

  test('whose function never ends loses its time, not the others theirs', async () => {
    const source = `local heard = {}
      Event.subscribe("x", function() Event.receive(Event.subscribe("never"), "150ms") end, { timeout = 20 })
      Event.subscribe("x", function(ev) heard[#heard + 1] = ev.data end)
      for i = 1, 3 do Event.publish("x", i) end
      Run.sleep(600)
      local letters = Event.dead_letters()
      return { heard, #letters, letters[1].reason, letters[1].error }`
    const { value } = await house.lua(source, { limits: { timeMs: 10_000 } })
    expect(value).toEqual([[1, 2, 3], 3, 'failed', expect.stringContaining('20 ms')])
  })
})

describe.each(['lua', 'javascript'])('100,000 events in a burst in %s', (language) => {
  const SOURCES: Record<string, readonly [callback: string, iterator: string, host: string]> = {
    lua: [
      `local n, wrong, done = 0, 0, Event.subscribe("done")
       Event.subscribe("b.*", function(ev) n = n + 1 if ev.data ~= n then wrong = wrong + 1 end if n == 100000 then Event.publish("done") end end)
       for i = 1, 100000 do Event.publish("b.x", i) end
       done:next() return { n, wrong }`,
      `local n, wrong, sub = 0, 0, Event.subscribe("b.*")
       for i = 1, 100000 do Event.publish("b.x", i) end
       for ev in sub:events() do n = n + 1 if ev.data ~= n then wrong = wrong + 1 end if n == 100000 then break end end
       return { n, wrong }`,
      `local n, wrong, sub = 0, 0, Event.subscribe("h.*")
       Event.publish("ready")
       for ev in sub:events() do n = n + 1 if ev.data ~= n then wrong = wrong + 1 end if n == 100000 then break end end
       return { n, wrong }`,
    ],
    javascript: [
      `let n = 0, wrong = 0; const done = await Event.subscribe('done')
       await Event.subscribe('b.*', async (ev) => { if (ev.data !== ++n) wrong++; if (n === 100000) await Event.publish('done') })
       for (let i = 1; i <= 100000; i++) await Event.publish('b.x', i)
       await done.next(); return [n, wrong]`,
      `let n = 0, wrong = 0; const sub = await Event.subscribe('b.*')
       for (let i = 1; i <= 100000; i++) await Event.publish('b.x', i)
       for await (const ev of sub) { if (ev.data !== ++n) wrong++; if (n === 100000) break }
       return [n, wrong]`,
      `let n = 0, wrong = 0; const sub = await Event.subscribe('h.*')
       await Event.publish('ready')
       for await (const ev of sub) { if (ev.data !== ++n) wrong++; if (n === 100000) break }
       return [n, wrong]`,
    ],
  }
  const run = async (source: string): Promise<Value | undefined> => {
    const file = language === 'lua' ? 'burst.lua' : 'burst.js'
    const limits = { memoryBytes: 256 * 1024 * 1024 }
    return (await house.runtime.run({ source, file, limits })).value
  }

  test('reach a function, in order', async () => {
    expect(await run(SOURCES[language]![0])).toEqual([100_000, 0])
  })

  test('reach an iterator, in order', async () => {
    expect(await run(SOURCES[language]![1])).toEqual([100_000, 0])
  })

  test('of the host reach an iterator, in order', async () => {
    const ready = bus.on('ready', () => {
      ready.close()
      for (let i = 1; i <= 100_000; i++) void bus.publish('h.x', i)
    })
    expect(await run(SOURCES[language]![2])).toEqual([100_000, 0])
  })
})

describe('the points of the bus', () => {
  test('change and cancel what is published, and tell of it', async () => {
    const change = ({ event_type: type, data }: { event_type: string; data: Value }) => {
      if (type === 'p.no') return cancel('not this', 'Try another.')
      return modify({ event_type: type, data: { was: data } } as never)
    }
    const untap = [
      hooks.tap('event.publish', change as never),
      hooks.tap(
        'event.published',
        ((facts: { data: Value }) => void told.push(facts.data)) as never,
      ),
      hooks.tap(
        'event.failed',
        ((facts: { error: string }) => void told.push(facts.error)) as never,
      ),
    ]
    const heard: unknown[] = []
    const on = bus.on('p.*', ({ data }) => {
      heard.push(data)
      if (heard.length === 2) throw new Error('second')
    })
    await bus.publish('p.a', 1)
    await expect((async () => bus.publish('p.no', 2))()).rejects.toMatchObject({
      code: 'HOOK_CANCELLED',
      hint: 'Try another.',
    })
    await bus.publish('p.a', 3)
    for (const undo of untap) undo()
    await bus.publish('p.a', 4)
    on.close()
    expect(heard).toEqual([{ was: 1 }, { was: 3 }, 4])
    expect(told).toEqual([{ was: 1 }, { was: 3 }, 'second'])
  })
})
