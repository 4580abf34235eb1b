import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunLimits, RunResult } from '@llmspell/sdk'
import { openHouse, type House } from '../support/kernel.ts'

const PLUGINS = [
  'permissions',
  'files',
  'http',
  'budgets',
  'models',
  'provider-mock',
  'tools',
  'tool-calculator',
  'agents',
  'engine-lua',
  'engine-javascript',
  'script-runtime',
]
// A million tokens cost a million dollars: each costs one.
const prices = { 'mock/*': { in: 1e6, out: 1e6 } }

let house: House
beforeAll(async () => {
  house = await openHouse(PLUGINS, [], { plugins: { models: { prices } } })
})
afterAll(() => house[Symbol.asyncDispose]())

const LUA = `
local function ask(words)
  return Agent.create{ model = "mock/echo" }:execute(words).text
end
`
const JS = `
const ask = async (words) => {
  const agent = await Agent.create({ model: 'mock/echo' })
  return (await agent.execute(words)).text
}
`

interface Case {
  readonly lua: string
  readonly js: string
}

const run = (language: keyof Case, source: Case, limits?: RunLimits, isolation?: 'worker') =>
  house.runtime.run({
    source: (language === 'lua' ? LUA : JS) + source[language],
    file: `test.${language}`,
    ...(limits ? { limits } : {}),
    ...(isolation ? { isolation } : {}),
  })

const exceeded = (limit: string, who: string) => ({
  code: 'BUDGET_EXCEEDED',
  details: { limit, who, max: expect.any(Number) as number, used: expect.any(Number) as number },
})

describe.each(['lua', 'js'] as const)('in %s', (language) => {
  test.each([undefined, 'worker'] as const)(
    'a part has limits of its own (%s)',
    async (isolation) => {
      const result: RunResult = await run(
        language,
        {
          lua: `
          local ok, err = pcall(Run.with_budget, { max_tokens = 3 }, function()
            return ask("a question that is longer than the budget of its part")
          end)
          local value = Run.with_budget({ max_tokens = 500 }, function() return ask("short") end)
          return { ok, err.code, err.details.who, value, ask("a question that is longer than that budget") }`,
          js: `
          const err = await Run.withBudget({ maxTokens: 3 }, () =>
            ask('a question that is longer than the budget of its part')).catch((error) => error)
          const value = await Run.withBudget({ maxTokens: 500 }, () => ask('short'))
          return [false, err.code, err.details.who, value, await ask('a question that is longer than that budget')]`,
        },
        undefined,
        isolation,
      )
      expect(result.value).toEqual([
        false,
        'BUDGET_EXCEEDED',
        'a part of the script',
        'short',
        'a question that is longer than that budget',
      ])
    },
  )

  test('the limits of the run end it, and are those of the whole', async () => {
    const source = {
      lua: 'for i = 1, 100 do ask("one two three four five six seven") end',
      js: "for (let i = 0; i < 100; i++) await ask('one two three four five six seven')",
    }
    await expect(run(language, source, { tokens: 200 })).rejects.toMatchObject(
      exceeded('max_tokens', 'the run'),
    )
    await expect(run(language, source, { cost: 200 })).rejects.toMatchObject(
      exceeded('max_cost', 'the run'),
    )
  })

  test('limits are lowered and never raised', async () => {
    const source = {
      lua: `
        local b = Run.budget{ max_tokens = 1000, max_cost = 5000, max_steps = 3 }
        local c = Run.budget{ max_tokens = 2000 }
        ask("hello")
        local d = Run.budget()
        return { b.max_tokens, c.max_tokens, d.max_cost, d.used.steps, d.remaining.steps,
          d.used.tokens == 1000 - d.remaining.tokens, d.used.cost == d.used.tokens }`,
      js: `
        const b = await Run.budget({ maxTokens: 1000, maxCost: 5000, maxSteps: 3 })
        const c = await Run.budget({ maxTokens: 2000 })
        await ask('hello')
        const d = await Run.budget()
        return [b.maxTokens, c.maxTokens, d.maxCost, d.used.steps, d.remaining.steps,
          d.used.tokens === 1000 - d.remaining.tokens, d.used.cost === d.used.tokens]`,
    }
    const { value } = await run(language, source)
    expect(value).toEqual([1000, 1000, 5000, 1, 2, true, true])
  })

  test('parts lie in parts, and in the run', async () => {
    const source = {
      lua: `
        return Run.with_budget({ max_tokens = 300 }, function()
          return Run.with_budget({ max_tokens = 900, max_steps = 2 }, function()
            local b = Run.budget()
            return { b.max_tokens, b.remaining.tokens, b.remaining.steps }
          end)
        end)`,
      js: `
        return await Run.withBudget({ maxTokens: 300 }, () =>
          Run.withBudget({ maxTokens: 900, maxSteps: 2 }, async () => {
            const b = await Run.budget()
            return [b.maxTokens, b.remaining.tokens, b.remaining.steps]
          }))`,
    }
    expect((await run(language, source, { tokens: 200 })).value).toEqual([900, 200, 2])
  })

  test('the time of a part ends what it has started', async () => {
    const source = {
      lua: `
        local slow = { provider = "mock", model = "echo", settings = { fail = "hang" } }
        Run.with_budget({ max_time = "60ms" }, function()
          Agent.create{ model = slow }:execute("hello")
        end)`,
      js: `
        const slow = { provider: 'mock', model: 'echo', settings: { fail: 'hang' } }
        await Run.withBudget({ maxTime: '60ms' }, async () => {
          const agent = await Agent.create({ model: slow })
          await agent.execute('hello')
        })`,
    }
    const started = performance.now()
    await expect(run(language, source)).rejects.toMatchObject(
      exceeded('max_time', 'a part of the script'),
    )
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

test('a limit that nobody would keep is refused', async () => {
  const bare = await openHouse(['permissions', 'engine-lua', 'script-runtime'])
  const code = 'NOT_AVAILABLE'
  await expect(bare.lua('return 1', { limits: { tokens: 5 } })).rejects.toMatchObject({ code })
  await expect(bare.lua('Run.with_budget({}, function() end)')).rejects.toMatchObject({ code })
  expect((await bare.lua('return Run.budget().used.tokens')).value).toBe(0)
  await bare.kernel.stop()
})
