import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin } from '@llmspell/sdk'
import type { CallContext, RunLimits, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { ScriptedProvider } from './scripted-provider.ts'

const provider = new ScriptedProvider(['free', 'cheap', 'unpriced'])
const warnings: unknown[] = []
const listener: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'listener',
    main: './listener.js',
    phase: 'core',
    contributes: { hooks: ['budget.warning'] },
  },
  plugin: definePlugin({
    setup: (ctx) => ctx.tap('budget.warning', (warning) => void warnings.push(warning)),
  }),
}

let house: House
beforeAll(async () => {
  const prices = {
    'scripted/free': { in: 0, out: 0 },
    'scripted/cheap': { in: 1000, out: 2000 },
  }
  const plugins = ['permissions', 'files', 'http', 'budgets', 'models', 'tools', 'agents']
  house = await openHouse(
    [...plugins, 'engine-lua', 'script-runtime'],
    [hostPlugin, listener, provider.plugin],
    { plugins: { models: { prices, retry: { max_attempts: 1 } } } },
  )
})
afterAll(() => house[Symbol.asyncDispose]())

interface Shown {
  readonly used: Readonly<Record<string, number>>
  readonly remaining: Readonly<Record<string, number>>
}

const script = { agent: 'a', inputTokens: 30, outputTokens: 20, calls: [], ms: 0 }
const modelOf = (model: string, more: object = {}) => ({
  provider: 'scripted',
  model,
  settings: { ...script, ...more } as Value,
})
// Forty characters: ten tokens.
const text = 'a question of exactly forty characters..'
const request = { messages: [{ role: 'user', content: [{ type: 'text', text }] }] }
const budget = (context: CallContext) => context.call('Run', 'budget', []) as Promise<Shown>

const ask = (context: CallContext, model: object, more: object = {}) =>
  context.call('Provider', 'generate', [model, { ...request, ...more }])

const act = <T>(limits: RunLimits, fn: (context: CallContext) => Promise<T>): Promise<T> => {
  provider.seen.length = 0
  return inRun(house, fn, { limits })
}

describe('what one call takes', () => {
  test('is what its provider counts', async () => {
    const shown = await act({ tokens: 5000 }, async (context) => {
      await ask(context, modelOf('cheap'))
      return budget(context)
    })
    expect(shown.used).toMatchObject({ tokens: 50, cost: 0.07, steps: 1 })
    expect(shown.remaining).toMatchObject({ tokens: 4950 })
  })

  test('is counted where its provider counts nothing', async () => {
    const shown = await act({}, async (context) => {
      await ask(context, modelOf('cheap', { inputTokens: 0, outputTokens: 0 }))
      return budget(context)
    })
    expect(shown.used).toMatchObject({ tokens: 12, steps: 1 })
  })

  test('is nothing where it failed before its first word', async () => {
    const shown = await act({ tokens: 5000 }, async (context) => {
      await expect(ask(context, modelOf('cheap', { fails: true }))).rejects.toThrow('says so')
      return budget(context)
    })
    expect(shown.used).toMatchObject({ tokens: 0, cost: 0, steps: 0 })
    expect(shown.remaining).toEqual({ tokens: 5000, calls: expect.any(Number) as number })
  })

  test('is as far as it came where its reader left', async () => {
    const shown = await act({ tokens: 5000 }, async (context) => {
      const stream = (await context.call('Provider', 'stream', [
        modelOf('cheap', { ms: 20 }),
        request,
      ])) as AsyncIterable<unknown>
      for await (const _ of stream) break
      await new Promise((resolve) => setTimeout(resolve, 50))
      return budget(context)
    })
    expect(shown.used).toMatchObject({ tokens: 12, steps: 1 })
    expect(shown.remaining['tokens']).toBe(4988)
  })
})

describe('nothing is sent', () => {
  test('where the most that an answer may have does not fit', async () => {
    await act({ tokens: 100 }, async (context) => {
      await expect(ask(context, modelOf('free'), { maxTokens: 91 })).rejects.toMatchObject({
        code: 'BUDGET_EXCEEDED',
        details: { limit: 'max_tokens', max: 100, used: 0, needed: 101, who: 'the run' },
      })
      expect(provider.seen).toEqual([])
      await ask(context, modelOf('free'), { maxTokens: 90 })
    })
  })

  test('where money is limited and the price is not known', async () => {
    await act({ cost: 1 }, async (context) => {
      await expect(ask(context, modelOf('unpriced'))).rejects.toMatchObject({
        code: 'PRICE_UNKNOWN',
        message:
          "Model 'scripted/unpriced' has no known price, but max_cost of the run limits money.",
      })
      expect(provider.seen).toEqual([])
    })
    await act({ tokens: 1000 }, (context) => ask(context, modelOf('unpriced')))
  })
})

describe('an answer is capped by', () => {
  const capOf = (limits: RunLimits, model: object, more: object = {}) =>
    act(limits, async (context) => {
      await ask(context, model, more)
      return provider.caps.at(-1)
    })

  test.each([
    ['the tokens left', { tokens: 200 }, 'free', {}, 190],
    ['the money left, by its price', { cost: 0.21 }, 'cheap', {}, 100],
    ['what its caller says', { tokens: 200 }, 'free', { maxTokens: 90 }, 90],
    ['nothing where more is left than models give', { tokens: 1_000_000 }, 'free', {}, undefined],
  ])('%s', async (_what, limits, model, more, cap) => {
    expect(await capOf(limits, modelOf(model), more)).toBe(cap)
  })
})

describe('an answer that ignores its cap', () => {
  const long = modelOf('cheap', { inputTokens: 1000, outputTokens: 200 })

  test('is given to its caller, with a warning, and nothing more is sent', async () => {
    const logged: string[] = []
    const log = ({ message }: { message: string }) => void logged.push(message)
    const work = async (context: CallContext) => {
      await ask(context, long)
      await expect(ask(context, long)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
    }
    await inRun(house, work, { limits: { tokens: 50 }, log })
    expect(logged).toEqual([
      'The run has used up its budget: expected max_tokens of at most 50 tokens, found 1200 tokens. No more calls are made.',
    ])
  })

  test.each([{ tokens: 50 }, { cost: 0.1 }])(
    'fails the agent with its text: %j',
    async (limits: RunLimits) => {
      const model = `{ provider = "scripted", model = "cheap", settings = {
        agent = "a", inputTokens = 1000, outputTokens = 200, ms = 0 } }`
      const source = `return Agent.create{ model = ${model} }:execute("hi").text`
      await expect(house.lua(source, { limits })).rejects.toMatchObject({
        code: 'BUDGET_EXCEEDED',
        details: { who: 'the run', text: 'Words.' },
      })
      const part = `return Run.with_budget({ max_tokens = 500 }, function() ${source} end)`
      await expect(house.lua(part)).rejects.toMatchObject({
        code: 'BUDGET_EXCEEDED',
        details: { who: 'a part of the script', text: 'Words.' },
      })
    },
  )
})

test('people are warned once when a limit is nearly used up', async () => {
  warnings.length = 0
  const runId = await act({ tokens: 110 }, async (context) => {
    for (let i = 0; i < 2; i++) await ask(context, modelOf('free'))
    return context.runId
  })
  expect(warnings).toEqual([
    { run_id: runId, who: 'the run', limit: 'max_tokens', used: 100, max: 110 },
  ])
})

test('what a tool of the script asks for counts for the agent that called it', async () => {
  provider.seen.length = 0
  const source = `
    local function model(agent, calls)
      return { provider = "scripted", model = "free", settings = {
        agent = agent, inputTokens = 30, outputTokens = 20, ms = 0, calls = calls } }
    end
    local inner = Agent.create{ name = "inner", model = model("inner") }
    local tool = Tool.define{ name = "nested", description = "Asks.", parameters = { input = "string" },
      execute = function() return inner:execute("x").text end }
    local boss = Agent.create{ name = "boss", model = model("boss", { "nested" }), tools = { tool },
      budget = { max_tokens = 90 } }
    local ok, err = pcall(function() return boss:execute("x") end)
    return { ok, err.code, err.details.who, err.details.used }`
  const { value } = await house.lua(source)
  expect(value).toEqual([false, 'BUDGET_EXCEEDED', "agent 'boss'", 100])
  expect(provider.seen.filter(({ what }) => what === 'start').map(({ agent }) => agent)).toEqual([
    'boss',
    'inner',
  ])
})
