import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunRequest, Value } from '@llmspell/sdk'
import { durableHouse, inHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

const world = new World()
const house = await durableHouse(world)
const folders: string[] = []
afterAll(async () => {
  await house.kernel.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  world.at = () => {}
  world.effects.length = 0
  world.keys.length = 0
})

let count = 0
const nextId = (): string => `run-${++count}`

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'durable-'))
  folders.push(made)
  return made
}

const TWO: Pair = {
  lua: `local a = Tool.world_unsafe{ text = "one" }.result.nth
        local b = Tool.world_unsafe{ text = "two" }.result.nth
        print("between") Log.info("told")
        return { a, b, Run.resumed }`,
  javascript: `const a = (await Tool.worldUnsafe({ text: 'one' })).result.nth
        const b = (await Tool.worldUnsafe({ text: 'two' })).result.nth
        print('between'); Log.info('told')
        return [a, b, Run.resumed]`,
}

const ASK: Pair = {
  lua: `return { Run.ask("Ship it?", { choices = { "yes", "no" } }), Run.ask("Why?", { default = "so", timeout = "20ms" }) }`,
  javascript: `return [await Run.ask('Ship it?', { choices: ['yes', 'no'] }), await Run.ask('Why?', { default: 'so', timeout: '20ms' })]`,
}

describe.each(LANGUAGES)('a durable run in %s', (language) => {
  const run = (pair: Pair, runId: string, more: Partial<RunRequest> = {}) =>
    house.runtime.run(request(pair, language, runId, more))

  test('is replayed without an effect: the same records, value and output', async () => {
    const id = nextId()
    const lived = await run(TWO, id)
    expect(lived.value).toEqual([1, 2, false])
    const told: unknown[] = []
    const { report, result } = await house.runtime.replay(id, {
      write: (text) => void told.push(text),
    })
    expect(world.effects).toEqual(['unsafe one', 'unsafe two'])
    expect(result?.value).toEqual([1, 2, false])
    expect(told.join('')).toBe(lived.output)
    expect(report.records.length).toBe((await house.history(id)).length)
  })

  test('gives each call a key of its own that is equal in all lives', async () => {
    const id = nextId()
    killBehind(world, house, id, 3)
    await run(TWO, id).catch(() => {})
    await house.runtime.resume(id, { onUnknown: 'retry' })
    expect(new Set(world.keys).size).toBe(2)
    expect(world.keys.every((key) => key !== undefined && /^[0-9a-f]{32}$/.test(key))).toBe(true)
  })

  test('waits with its question for whoever answers, here or elsewhere', async () => {
    const here = await run(ASK, nextId(), {
      answer: async ({ text }) => (text === 'Ship it?' ? 'yes' : undefined),
    })
    expect(here.value).toEqual(['yes', 'so'])
    const id = nextId()
    const left = run(ASK, id, { durable: { runId: id, waitMs: 30 } })
    const question = { text: 'Ship it?', choices: ['yes', 'no'] }
    await expect(left).rejects.toMatchObject({
      code: 'RUN_WAITING',
      details: { run_id: id, for: 'signal', question },
    })
    const executor = await house.runtime.executor()
    const name = (await executor.get(id))?.waiting?.name ?? ''
    await executor.signal(id, { name, signalId: 's1', payload: 'no' })
    expect((await house.runtime.resume(id)).value).toEqual(['no', 'so'])
  })

  test('waits for a signal that has come already, and says when none came', async () => {
    const pair: Pair = {
      lua: `local got = Run.wait_for("paid") return { got.sum, select(2, pcall(Run.wait_for, "never", { timeout = 5 })).code }`,
      javascript: `const got = await Run.waitFor('paid')
        return [got.sum, await Run.waitFor('never', { timeout: 5 }).catch((error) => error.code)]`,
    }
    const id = nextId()
    await expect(run(pair, id, { durable: { runId: id, waitMs: 20 } })).rejects.toMatchObject({
      code: 'RUN_WAITING',
    })
    const executor = await house.runtime.executor()
    await executor.signal(id, { name: 'paid', signalId: 'a', payload: { sum: 7 } })
    expect((await house.runtime.resume(id)).value).toEqual([7, 'TIMEOUT'])
  })

  test('sleeps across a restart, with its store on disk', async () => {
    const pair: Pair = {
      lua: `local from = Run.now() Tool.world_unsafe{ text = "before" } Run.sleep("600ms") return { Run.now() - from >= 600, Run.resumed }`,
      javascript: `const from = Run.now(); await Tool.worldUnsafe({ text: 'before' }); await Run.sleep('600ms')
        return [Run.now() - from >= 600, Run.resumed]`,
    }
    const place = folder()
    const id = nextId()
    await inHouse(world, place, async ({ runtime }) => {
      const asked = request(pair, language, id, { durable: { runId: id, waitMs: 10 } })
      const waits = { code: 'RUN_WAITING', details: { for: 'sleep' } }
      await expect(runtime.run(asked)).rejects.toMatchObject(waits)
    })
    const again = await inHouse(world, place, ({ runtime }) => runtime.resume(id))
    expect(again.value).toEqual([true, true])
    expect(world.effects).toEqual(['unsafe before'])
  })

  test('with another text is paused where it first differs', async () => {
    const id = nextId()
    killBehind(world, house, id, 3)
    await run(TWO, id).catch(() => {})
    const source = TWO[language].replace('"one"', '"other"').replace("'one'", "'other'")
    const changed = house.runtime.resume(id, { source, onUnknown: 'retry' })
    await expect(changed).rejects.toMatchObject({ code: 'REPLAY_MISMATCH' })
    const executor = await house.runtime.executor()
    expect((await executor.get(id))?.status).toBe('paused')
    expect((await house.runtime.resume(id, { onUnknown: 'retry' })).value).toEqual([1, 2, true])
  })

  test('settles what runs at once in the order of the journal', async () => {
    const pair: Pair = {
      lua: `local order = {}
        local function work(name, ms) return function() Tool.world_idempotent{ text = name, ms = ms } order[#order + 1] = name end end
        Async.all{ work("a", 30), work("b", 1), work("c", 15) }
        Tool.world_unsafe{ text = "last" }
        return order`,
      javascript: `const order = []
        const work = async (name, ms) => { await Tool.worldIdempotent({ text: name, ms }); order.push(name) }
        await Promise.all([work('a', 30), work('b', 1), work('c', 15)])
        await Tool.worldUnsafe({ text: 'last' })
        return order`,
    }
    const id = nextId()
    const { value } = await run(pair, id)
    expect((await house.runtime.replay(id)).result?.value).toEqual(value)
    const other = nextId()
    killBehind(world, house, other, 4)
    await run(pair, other).catch(() => {})
    const records = await house.history(other)
    const again = (await house.runtime.resume(other, { onUnknown: 'retry' })).value as Value[]
    const settled = records.filter(
      ({ kind, path }) => kind === 'call' && path.includes('world-idempotent#'),
    )
    expect(again.slice(0, settled.length).length).toBe(settled.length)
    expect((await house.runtime.replay(other)).result?.value).toEqual(again)
  })

  test('counts what was spent in all lives', async () => {
    const pair: Pair = {
      lua: `local agent = Agent.create{ memory = true, tools = {} } agent:execute("one") agent:execute("two")
        Tool.world_unsafe{ text = "x" } return Run.budget().used.tokens`,
      javascript: `const agent = await Agent.create({ memory: true, tools: [] }); await agent.execute('one'); await agent.execute('two')
        await Tool.worldUnsafe({ text: 'x' }); return (await Run.budget()).used.tokens`,
    }
    const whole = await run(pair, nextId())
    const id = nextId()
    const records = (await house.history(`run-${count - 1}`)).length
    killBehind(world, house, id, records - 5)
    await run(pair, id).catch(() => {})
    const again = await house.runtime.resume(id, { onUnknown: 'retry' })
    expect([again.value, again.usage]).toEqual([whole.value, whole.usage])
  })

  test('is one run under one id', async () => {
    const id = nextId()
    const [one, two] = await Promise.all([run(TWO, id), run(TWO, id)])
    expect([one.value, two.value]).toEqual([
      [1, 2, false],
      [1, 2, false],
    ])
    const other: Pair = { lua: 'return 1', javascript: 'return 1' }
    await expect(run(other, id)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  test('that its caller suspends is resumed', async () => {
    const stop = new AbortController()
    const pair: Pair = {
      lua: `Tool.world_unsafe{ text = "a" } Run.wait_for("go") return "went"`,
      javascript: `await Tool.worldUnsafe({ text: 'a' }); await Run.waitFor('go'); return 'went'`,
    }
    const id = nextId()
    const running = run(pair, id, { signal: stop.signal })
    const executor = await house.runtime.executor()
    while ((await executor.get(id))?.status !== 'waiting')
      await new Promise((resolve) => setTimeout(resolve, 10))
    const { SpellError } = await import('@llmspell/sdk')
    stop.abort(new SpellError('SUSPENDED', 'The person leaves.'))
    await expect(running).rejects.toMatchObject({ code: 'RUN_WAITING' })
    await executor.signal(id, { name: 'go', signalId: '1', payload: null })
    expect((await house.runtime.resume(id)).value).toBe('went')
    expect(world.effects).toEqual(['unsafe a'])
  })

  test('keeps no secret: neither the text of a key, nor what was concealed', async () => {
    const canary = `canary-${language}-7f3a9c51d2`
    const pair: Pair = {
      lua: `local said = Tool.world_unsafe{ text = "leak" }.result.said
        Tool.world_unsafe{ text = "again: " .. said }
        for chunk in Tool.stream("world-idempotent", { text = "leak" }) do print(chunk.text) end
        print(said) return said`,
      javascript: `const { said } = (await Tool.worldUnsafe({ text: 'leak' })).result
        await Tool.worldUnsafe({ text: 'again: ' + said })
        for await (const chunk of Tool.stream('world-idempotent', { text: 'leak' })) print(chunk.text)
        print(said); return said`,
    }
    process.env['CANARY'] = canary
    try {
      const place = folder()
      const ended = await inHouse(world, place, ({ runtime }) =>
        runtime.run(request(pair, language, nextId())),
      )
      expect(ended.value).toBe('the key secret:CANARY')
      expect(everyByte(place).includes(canary)).toBe(false)
    } finally {
      delete process.env['CANARY']
    }
  })
})

test('what only a journal can do says so without one', async () => {
  const waits = house.runtime.run({ source: 'Run.wait_for("x")', file: 'a.lua' })
  await expect(waits).rejects.toMatchObject({ code: 'NOT_AVAILABLE' })
  const asks = house.runtime.run({ source: 'Run.ask("x")', file: 'a.lua' })
  await expect(asks).rejects.toMatchObject({ code: 'NO_ONE_TO_ASK' })
  const thread = request({ lua: 'return 1', javascript: '1' }, 'lua', 'thread', {
    isolation: 'worker',
  })
  await expect(house.runtime.run(thread)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

function everyByte(place: string): string {
  const names = readdirSync(place, { recursive: true, withFileTypes: true })
  return names
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name)).toString('latin1'))
    .join('\n')
}
