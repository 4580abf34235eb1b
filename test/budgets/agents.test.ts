import type { CallContext, HandleRef, Value } from '@llmspell/sdk'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'
import { ScriptedProvider } from './scripted-provider.ts'
import type { Script } from './scripted-provider.ts'

/** US dollars per million tokens. */
const PRICES = {
  free: { in: 0, out: 0 },
  cheap: { in: 1000, out: 4000 },
  dear: { in: 5000, out: 900 },
}
type Model = keyof typeof PRICES

/** One agent, its model's ways, its limits and the agents that it calls. */
interface Plan {
  readonly model: Model
  readonly script: Omit<Script, 'agent' | 'calls'>
  readonly budget: { readonly max_tokens?: number; readonly max_cost?: number }
  readonly below: readonly Plan[]
}

interface Scene {
  readonly agents: readonly Plan[]
  readonly tokens: number
  readonly cost: number
  /** ms after which the first agent is cancelled. */
  readonly cancelAfter: number | undefined
}

const provider = new ScriptedProvider(Object.keys(PRICES))
let house: House
beforeAll(async () => {
  const plugins = ['permissions', 'files', 'http', 'budgets', 'models', 'tools', 'agents']
  const prices = Object.fromEntries(
    Object.entries(PRICES).map(([model, price]) => [`scripted/${model}`, price]),
  )
  const models = {
    prices,
    retry: { max_attempts: 2, base_ms: 1 },
    breaker: { failures: 1000 },
    usual_output: 50,
  }
  house = await openHouse([...plugins, 'script-runtime'], [hostPlugin, provider.plugin], {
    plugins: { models },
  })
})
afterAll(() => house[Symbol.asyncDispose]())

const tokens = fc.integer({ min: 0, max: 120 })
const plan = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    model: fc.constantFrom<Model>('free', 'cheap', 'dear'),
    script: fc.record({
      inputTokens: tokens,
      outputTokens: tokens,
      ms: fc.integer({ min: 0, max: 3 }),
      fails: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
    }),
    budget: fc.record(
      {
        max_tokens: fc.integer({ min: 100, max: 2000 }),
        max_cost: fc.double({ min: 0.1, max: 3, noNaN: true }),
      },
      { requiredKeys: [] },
    ),
    below: fc.oneof(
      { maxDepth: 2 },
      fc.constant([]),
      fc.array(tie('plan'), { minLength: 1, maxLength: 3 }),
    ),
  }),
})).plan

const scene: fc.Arbitrary<Scene> = fc.record({
  agents: fc.array(plan, { minLength: 2, maxLength: 4 }),
  tokens: fc.integer({ min: 100, max: 1500 }),
  cost: fc.oneof(fc.constant(1e6), fc.double({ min: 0.1, max: 2, noNaN: true })),
  cancelAfter: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 2 }),
})

/** A node of the tree as the test knows it: its limits, and the names of all agents below, which answer once each. */
interface Bounds {
  readonly name: string
  readonly names: ReadonlySet<string>
  readonly max_tokens?: number
  readonly max_cost?: number
}

async function build(
  context: CallContext,
  { model, script, budget, below }: Plan,
  name: string,
  bounds: Bounds[],
): Promise<{ readonly ref: HandleRef; readonly names: readonly string[] }> {
  const made = []
  for (const [i, each] of below.entries())
    made.push(await build(context, each, `${name}x${i}`, bounds))
  const names = [name, ...made.flatMap((each) => each.names)]
  const calls = made.map((_, i) => `${name}x${i}`)
  const settings = { ...script, agent: name, calls } as Value
  const config = {
    name,
    model: { provider: 'scripted', model, settings },
    tools: made.map(({ ref }) => ref),
    budget,
  }
  bounds.push({ name, names: new Set(names), ...budget })
  const ref = (await context.call('Agent', 'create', [config])) as HandleRef
  return { ref, names }
}

interface Report {
  readonly bounds: readonly Bounds[]
  readonly codes: readonly string[]
  readonly budget: { used: Record<string, number>; remaining: Record<string, number> }
}

function play({ agents, tokens: most, cost, cancelAfter }: Scene): Promise<Report> {
  provider.seen.length = 0
  const act = async (context: CallContext): Promise<Report> => {
    const bounds: Bounds[] = []
    const tops = []
    for (const [i, each] of agents.entries()) tops.push(await build(context, each, `a${i}`, bounds))
    const stop = new AbortController()
    if (cancelAfter !== undefined) setTimeout(() => stop.abort(), cancelAfter)
    const done = await Promise.allSettled(
      tops.map(({ ref }, i) =>
        context.call('Agent', 'Agent.execute', ['Hello'], {
          handle: ref,
          ...(i === 0 ? { signal: stop.signal } : {}),
        }),
      ),
    )
    const names = new Set(tops.flatMap((top) => top.names))
    bounds.push({ name: 'the run', names, max_tokens: most, max_cost: cost })
    const codes = done.map(
      (each) => (each.status === 'rejected' ? each.reason.code : 'OK') as string,
    )
    // What was cancelled is settled a moment later.
    await new Promise((resolve) => setTimeout(resolve, 10))
    const budget = (await context.call('Run', 'budget', [])) as Report['budget']
    return { bounds, codes, budget }
  }
  return inRun(house, act, { limits: { tokens: most, cost } })
}

/** No call of a model begins below a node that has used up what it may: all that is beyond was under way by then. */
function check({ name, names, max_tokens = Infinity, max_cost = Infinity }: Bounds): void {
  let [used, cost] = [0, 0]
  for (const { what, agent, model, tokens: took } of provider.seen) {
    if (!names.has(agent)) continue
    if (what === 'start' && (used >= max_tokens || cost > max_cost + 1e-9))
      throw new Error(
        `${name} may use ${max_tokens} and $${max_cost}, and used ${used} and $${cost}`,
      )
    const price = PRICES[model as Model]
    used += took.in + took.out
    cost += (took.in * price.in + took.out * price.out) / 1e6
  }
}

test('no node of a tree of agents takes more than what was under way when its limit was reached', async () => {
  const codes = new Map<string, number>()
  let calls = 0
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const report = await play(given)
      for (const bounds of report.bounds) check(bounds)
      for (const code of report.codes) codes.set(code, (codes.get(code) ?? 0) + 1)
      calls += provider.seen.length / 2
      // Nothing is set aside any more, whatever failed or was cancelled.
      const { used, remaining } = report.budget
      expect(remaining['tokens']).toBe(Math.max(0, given.tokens - used['tokens']!))
      expect(remaining['cost']).toBeCloseTo(Math.max(0, given.cost - used['cost']!), 6)
    }),
    { numRuns: 150 },
  )
  expect(calls).toBeGreaterThan(300)
  expect([...codes.keys()]).toEqual(
    expect.arrayContaining(['OK', 'BUDGET_EXCEEDED', 'PROVIDER_FAILED', 'CANCELLED']),
  )
})
