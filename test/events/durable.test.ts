import { afterAll, describe, expect, test } from 'vitest'
import type { Pair } from '../durable/house.ts'
import { durableHouse, killBehind, LANGUAGES, request, World } from '../durable/house.ts'

const world = new World()
const house = await durableHouse(world)
// Loading a tool takes time of its own: which of two lanes asks first must not hang on it.
await house.lua('Tool.world_idempotent{ text = "warm" }')
afterAll(() => house.kernel.stop())

const CALLED: Pair = {
  lua: `local heard = {}
    Event.subscribe("order.*", function(ev) heard[#heard + 1] = ev.data end)
    for i = 1, 3 do Event.publish("order.paid", i) Tool.world_idempotent{ text = "t" .. i } end
    Event.publish("order.last", 4)
    while #heard < 4 do Run.sleep(1) end
    return heard`,
  javascript: `const heard = []
    await Event.subscribe('order.*', (ev) => void heard.push(ev.data))
    for (let i = 1; i <= 3; i++) { await Event.publish('order.paid', i); await Tool.worldIdempotent({ text: 't' + i }) }
    await Event.publish('order.last', 4)
    while (heard.length < 4) await Run.sleep(1)
    return heard`,
}

const PULLED: Pair = {
  lua: `local sub = Event.subscribe("order.*")
    for i = 1, 4 do Event.publish("order.paid", i) end
    local heard = { sub:next("1s").data, Event.receive(sub).data }
    Tool.world_idempotent{ text = "between" }
    for ev in sub:events() do heard[#heard + 1] = ev.data if #heard == 4 then break end end
    return { heard, sub:next(1) == nil }`,
  javascript: `const sub = await Event.subscribe('order.*')
    for (let i = 1; i <= 4; i++) await Event.publish('order.paid', i)
    const heard = [(await sub.next('1s')).data, (await Event.receive(sub)).data]
    await Tool.worldIdempotent({ text: 'between' })
    for await (const ev of sub) { heard.push(ev.data); if (heard.length === 4) break }
    return [heard, (await sub.next(1)) == null]`,
}

const TOLD: Pair = {
  lua: `local heard = {}
    Event.subscribe("tool.*", function(ev) heard[#heard + 1] = ev.data.tool end)
    for i = 1, 3 do Tool.world_idempotent{ text = "t" .. i } end
    while #heard < 3 do Run.sleep(1) end
    return heard`,
  javascript: `const heard = []
    await Event.subscribe('tool.*', (ev) => void heard.push(ev.data.tool))
    for (let i = 1; i <= 3; i++) await Tool.worldIdempotent({ text: 't' + i })
    while (heard.length < 3) await Run.sleep(1)
    return heard`,
}

const ROWS = [
  { name: 'hears its own events by a function', pair: CALLED, value: [1, 2, 3, 4], points: 30 },
  { name: 'reads its own events', pair: PULLED, value: [[1, 2, 3, 4], true], points: 30 },
]

describe.each(LANGUAGES)('in %s, a durable run', (language) => {
  describe.each(ROWS)('that $name', ({ name, pair, value, points }) => {
    const id = `${language}-${name.replaceAll(' ', '-')}`

    test('does so as any run, and its replay gives the same', async () => {
      const { value: given } = await house.runtime.run(request(pair, language, id))
      expect(given).toEqual(value)
      const { report, result } = await house.runtime.replay(id)
      expect(result?.value).toEqual(value)
      expect(report.records.length).toBe((await house.history(id)).length)
    })

    test('does so wherever it is killed', async () => {
      for (let n = 1; n < points; n++) {
        const killed = `${id}-${n}`
        killBehind(world, house, killed, n)
        const first = await house.runtime.run(request(pair, language, killed)).then(
          ({ value: given }) => given,
          (error: { code: string }) => error.code,
        )
        world.at = () => {}
        const left = first === 'RUN_SUSPENDED' || first === 'RUN_WAITING'
        const last = left ? (await house.runtime.resume(killed)).value : first
        expect([n, last]).toEqual([n, value])
      }
    })
  })

  test('that hears of its tools is replayed as it was', async () => {
    const id = `${language}-told`
    const tools = ['world-idempotent', 'world-idempotent', 'world-idempotent']
    expect((await house.runtime.run(request(TOLD, language, id))).value).toEqual(tools)
    expect((await house.runtime.replay(id)).result?.value).toEqual(tools)
  })
})
