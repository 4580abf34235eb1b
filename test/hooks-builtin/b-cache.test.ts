import type { AnswerCache } from '@llmspell/hook-cache'
import { SpellError } from '@llmspell/sdk'
import { describe, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { calls, LANGUAGES, openLab, type Language, type Opened } from './b-lab.ts'

const ON = { enabled: true }
const open = (config: object = {}, more = {}): Promise<Opened> =>
  openLab('hook-cache', { ...ON, ...config }, more)
const statsOf = async (opened: Opened) => (await opened.use<AnswerCache>('cache')).stats()

/** Calls of tools in one script, and their results. */
function results(language: Language, ...all: readonly ReturnType<typeof calls>[]): string {
  const list = all.map((call) => `${call[language]}.result`).join(', ')
  return language === 'lua' ? `return { ${list} }` : `return [${list}]`
}

describe.each(LANGUAGES)('the cache in %s', (language) => {
  test('answers pure calls with equal input, in other runs too', async () => {
    await using opened = await open()
    const [a, b] = [calls('count', { key: 'a' }), calls('count', { key: 'b' })]
    expect(await opened.run(language, results(language, a, b, a))).toEqual([1, 2, 1])
    expect(await opened.run(language, results(language, b, a))).toEqual([2, 1])
    expect(opened.lab.count('count')).toBe(2)
    expect(await statsOf(opened)).toMatchObject({ entries: 2, tools: { hits: 3, misses: 2 } })
  })

  test('says so in the result', async () => {
    await using opened = await open()
    const call = calls('count')[language]
    const text = `${call}.metadata.replaced_by`
    const source =
      language === 'lua'
        ? `local first = ${text}; return { first == nil, ${text} }`
        : `const first = ${text}; return [first == null, ${text}]`
    expect(await opened.run(language, source)).toEqual([true, 'hook-cache'])
  })

  test.each(['vary', 'page', 'change', 'look', 'ship'])(
    'does not keep what %s gives',
    async (tool) => {
      await using opened = await open()
      const call = calls(tool)
      await opened.run(language, results(language, call, call))
      expect(opened.lab.count(tool)).toBe(2)
    },
  )

  test('keeps no failure', async () => {
    await using opened = await open()
    const call = calls('count', { fails: 1 })
    expect(await opened.run(language, results(language, call))).toBe('TIMEOUT')
    expect(await opened.run(language, results(language, call, call))).toEqual([2, 2])
  })

  test('keeps for a reader within its run, until something changes', async () => {
    await using opened = await open({ readers: ['look'] })
    const look = calls('look')
    const all = results(language, look, look, calls('change'), look, look)
    expect(await opened.run(language, all)).toEqual([1, 1, 1, 2, 2])
    expect(await opened.run(language, results(language, look))).toEqual([3])
  })

  test('has equal calls at once wait for the first', async () => {
    await using opened = await open()
    const call = calls('count', { ms: 100 })[language]
    const source =
      language === 'lua'
        ? `return Async.map({1, 2, 3, 4}, function() return ${call}.result end)`
        : `return await Promise.all([1, 2, 3, 4].map(async () => ${call}.result))`
    expect(await opened.run(language, source)).toEqual([1, 1, 1, 1])
    expect(await statsOf(opened)).toMatchObject({ tools: { misses: 1, joined: 3 } })
  })
})

describe('who waits for an equal call', () => {
  const slow = calls('count', { ms: 1500 })

  test('does not wait for the hooks of another run', async () => {
    await using opened = await open({ max_wait: '1h' })
    const hung = new AbortController()
    const source = `await Hook.register('tool.output', () => new Promise(() => {}), { timeout: '1h' })
      ${slow.javascript}`
    const other = opened.run('javascript', source, { signal: hung.signal })
    await expect.poll(() => opened.lab.count('count')).toBe(1)
    expect(await opened.run('lua', results('lua', slow))).toEqual([1])
    expect(await statsOf(opened)).toMatchObject({ tools: { misses: 1, joined: 1 } })
    hung.abort()
    await other
  })

  test('waits no longer than it may in all', async () => {
    await using opened = await open({ max_wait: '50ms' })
    const long = calls('count', { ms: 2000 })
    const runs = [1, 2, 3, 4].map(() => opened.run('lua', results('lua', long)))
    expect(new Set((await Promise.all(runs)).flat())).toEqual(new Set([1, 2, 3, 4]))
    expect(await statsOf(opened)).toMatchObject({ tools: { misses: 4, joined: 0 } })
  })
})

const ASK = (model: string, text = 'q'): string =>
  `return Agent.create{ name = "a", model = ${model} }:execute("${text}").text`
const COLD = '{ model = "lab/m", temperature = 0 }'

describe('answers of models', () => {
  test('are kept where temperature or seed make them steady; they take nothing', async () => {
    await using opened = await open()
    const first = await opened.house.lua(ASK(COLD))
    const second = await opened.house.lua(ASK(COLD))
    expect([first.value, second.value]).toEqual(['answer 1', 'answer 1'])
    expect(first.usage.outputTokens).toBe(10)
    expect(second.usage).toMatchObject({ inputTokens: 0, outputTokens: 0, cost: 0 })
    const rows = [COLD.replace('0', '1'), '"lab/m"', '{ model = "lab/m", seed = 4 }', COLD]
    for (const row of [...rows, ...rows]) await opened.house.lua(ASK(row))
    await opened.house.lua(ASK(COLD, 'another'))
    // Twice what varies, once the seed, once the other question.
    expect(opened.lab.requests.length).toBe(1 + 4 + 1 + 1)
  })

  test('are waited for where an equal question of another run is under way', async () => {
    await using opened = await open()
    opened.lab.slow = 200
    const both = await Promise.all([opened.run('lua', ASK(COLD)), opened.run('lua', ASK(COLD))])
    expect(both).toEqual(['answer 1', 'answer 1'])
    expect(await statsOf(opened)).toMatchObject({ models: { misses: 1, joined: 1 } })
    opened.lab.failures.push(new SpellError('PROVIDER_FAILED', 'Broken.'))
    const question = () => opened.run('lua', ASK(COLD, 'another'))
    // Who fails does so alone.
    expect((await Promise.all([question(), question()])).toSorted()).toEqual([
      'PROVIDER_FAILED',
      'answer 3',
    ])
  })

  test('of each step of an agent are kept', async () => {
    await using opened = await open({ models: 'all' })
    const source = `local agent = Agent.create{ model = "mock/demo", tools = { "calculator" } }
      return agent:execute("What is 17% of 3480?").text`
    const first = await opened.run('lua', source)
    expect(await opened.run('lua', source)).toBe(first)
    expect(await statsOf(opened)).toMatchObject({
      models: { hits: 2, misses: 2 },
      tools: { hits: 1, misses: 1 },
    })
  })

  test('come as a stream too', async () => {
    await using opened = await open()
    const source = `local words = {}
      for chunk in Agent.create{ name = "a", model = ${COLD} }:stream("q") do words[#words + 1] = chunk.text end
      return table.concat(words)`
    expect(await opened.run('lua', source)).toBe('answer 1')
    expect(await opened.run('lua', source)).toBe('answer 1')
  })

  test('are all kept where the config says so, or none', async () => {
    await using all = await open({ models: 'all' })
    await using none = await open({ models: 'none' })
    for (const { house } of [all, all, none, none]) await house.lua(ASK('"lab/m"'))
    expect([all.lab.requests.length, none.lab.requests.length]).toEqual([1, 2])
  })

  test('are not shared with a script that says itself which server it asks', async () => {
    await using opened = await open()
    const own = '{ model = "lab/m", temperature = 0, base_url = "http://127.0.0.1:1/v1" }'
    const allow = { net: ['127.0.0.1:1'], 'net-private': ['127.0.0.1:1'] }
    const ask = (spec: string) => opened.run('lua', ASK(spec), { allow })
    await ask(own)
    expect(await ask(COLD)).toBe('answer 2')
    expect(await ask(own)).toBe('answer 3')
  })

  test('come from the model again where a hook asks for that', async () => {
    await using opened = await open()
    const again = `Hook.register("llm.response", function(ctx)
      if ctx.data.attempt == 1 then return Hook.retry() end end)\n`
    expect(await opened.run('lua', again + ASK(COLD))).toBe('answer 2')
    expect(await opened.run('lua', again + ASK(COLD))).toBe('answer 3')
    expect(await opened.run('lua', ASK(COLD))).toBe('answer 3')
  })

  test('outlive the process where the config says so', async () => {
    using folder = new Folder()
    const plugins = { state: { folder: folder.path } }
    for (const expected of [1, 0]) {
      await using opened = await open({ persist: true }, { plugins })
      expect(await opened.house.lua(ASK(COLD))).toMatchObject({ value: 'answer 1' })
      expect(opened.lab.requests.length).toBe(expected)
    }
  })
})

test('a durable run does not depend on what others have left', async () => {
  await using opened = await open()
  const source = `return { ${calls('count').lua}.result, ${calls('count').lua}.result }`
  expect(await opened.run('lua', source, { durable: {} })).toEqual([1, 2])
  expect(await opened.run('lua', source)).toEqual([3, 3])
  expect(await opened.run('lua', source, { durable: {} })).toEqual([4, 5])
})

describe('hooks of a script', () => {
  test('are asked about kept results as about others', async () => {
    await using opened = await open()
    const call = calls('count').lua
    await opened.run('lua', `return ${call}.result`)
    const changed = `Hook.register("tool.output", function(ctx)
      ctx.data.output.result = ctx.data.output.result + 40; return Hook.modify(ctx.data) end)
      return ${call}.result`
    expect(await opened.run('lua', changed)).toBe(41)
    const denied = `Hook.register("tool.input", function() return Hook.cancel("no") end)
      return ${call}.result`
    expect(await opened.run('lua', denied)).toBe('HOOK_CANCELLED')
    expect(await opened.run('lua', `return ${call}.result`)).toBe(1)
  })
})

test('what has a secret of a run in it is not kept', async () => {
  await using opened = await open()
  const call = calls('count', { text: 'it is canary-93f1c7d2', hide: 'canary-93f1c7d2' })
  for (let i = 0; i < 2; i++) await opened.run('lua', `return ${call.lua}.result`)
  expect(await statsOf(opened)).toMatchObject({ entries: 0, tools: { misses: 2 } })
})
