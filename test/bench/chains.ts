import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin, type Durability } from '@llmspell/sdk'
import { openHouse, type House } from '../support/kernel.ts'
import type { Desk } from './executor.ts'
import type { Chain } from './peers.ts'

/** Executions of a script's workflow in one run of the script. */
export const EXECUTIONS = 20

let done = 0
/** A tool that does nothing but count, and says that it may be repeated. */
const counter: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'counter',
    main: './counter.js',
    phase: 'core',
    contributes: {
      tools: [
        {
          name: 'add',
          description: 'Adds one.',
          category: 'test',
          effect: 'idempotent',
          input: { type: 'object', additionalProperties: false, properties: {} },
        },
      ],
    },
  },
  plugin: definePlugin({
    setup(ctx) {
      ctx.contribute('tools', 'add', { execute: () => ({ result: ++done }) })
    },
  }),
}

const PLUGINS = [
  'permissions',
  'files',
  'artifacts',
  'state',
  'store-memory',
  'store-level',
  'journal',
  'tools',
  'workflows',
  'engine-lua',
  'engine-javascript',
  'script-runtime',
]

/** A house whose runs are kept in memory, or in a folder. */
export function workflowHouse(folder?: string): Promise<House> {
  const store = folder === undefined ? 'memory' : 'level'
  const state = { store, ...(folder === undefined ? {} : { folder }) }
  return openHouse(PLUGINS, [counter], { plugins: { state } })
}

const lua = (steps: number, step: string): string => `
local n, steps = 0, {}
for i = 1, ${steps} do steps[i] = { name = "step" .. i, ${step} } end
local chain = Workflow.sequential{ name = "chain", steps = steps }
local last
for _ = 1, ${EXECUTIONS} do n = 0; last = chain:execute().result end
return last`

const javascript = (steps: number, step: string): string => `
let n = 0
const steps = Array.from({ length: ${steps} }, (_, i) => ({ name: 'step' + i, ${step} }))
const chain = await Workflow.sequential({ name: 'chain', steps })
let last
for (let i = 0; i < ${EXECUTIONS}; i++) { n = 0; last = (await chain.execute()).result }
return last`

/** What stands for one step, in each language. */
const STEPS = {
  'function, Lua': { file: 'a.lua', text: lua, step: 'run = function() n = n + 1 return n end' },
  'function, JavaScript': { file: 'a.js', text: javascript, step: 'run: () => ++n' },
  'tool, Lua': { file: 'a.lua', text: lua, step: 'tool = "add", input = {}' },
} as const

export type ScriptChain = keyof typeof STEPS

/** A script that executes a workflow many times: one of its runs counts as that many. */
export function script(
  house: House,
  { kind, steps, durability }: { kind: ScriptChain; steps: number; durability?: Durability },
): Chain {
  const { file, text, step } = STEPS[kind]
  const source = text(steps, step)
  const durable = durability === undefined ? {} : { durable: { durability } }
  return {
    semantics: durability === undefined ? 'in memory' : `journal, durability '${durability}'`,
    async run() {
      done = 0
      const { value } = await house.runtime.run({ source, file, isolation: 'inline', ...durable })
      return kind.startsWith('tool') ? Number(value) / EXECUTIONS : Number(value)
    },
  }
}

/** A workflow of a host by the service `workflows`: each step is a function in the process, each execution a run. */
export async function hosted(house: House, steps: number): Promise<Chain> {
  const workflows = await house.kernel.use('workflows')
  let n = 0
  const run = async (): Promise<number> => ++n
  const list = Array.from({ length: steps }, (_, i) => ({ name: `step${i}`, run }))
  const definition = { name: 'chain', type: 'sequential', steps: list } as const
  return {
    semantics: 'in memory, a run for each execution',
    async run() {
      n = 0
      return Number((await workflows.run(definition)).result)
    },
  }
}

/** A native definition, a journaled run for each execution. */
export function native(desk: Desk, steps: number, durability: Durability): Chain {
  const name = `chain-${durability}`
  desk.define(name, async (context) => {
    let n = 0
    for (let i = 0; i < steps; i++) {
      n = await context.step(`step${i}`, async () => n + 1, { effect: 'idempotent' })
    }
    return n
  })
  return {
    semantics: `journal, durability '${durability}'`,
    run: async () => Number(await desk.run(name, durability)),
  }
}
