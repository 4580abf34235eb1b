import { definePlugin } from '@llmspell/sdk'
import type { Agents } from './types.ts'
import { validators } from './generated/agent.module.validate.js'
import { agentHandlers } from './handlers.ts'
import { agentsOf } from './registry.ts'

export type * from './types.ts'

const agents: Agents = {
  list: (context) =>
    agentsOf(context)
      .list()
      .map((agent) => agent.describe()),
  get: (name, context) => agentsOf(context).get(name).ref,
}

/** The plugin: service `agents` and the script module `Agent`. */
export default definePlugin({
  setup(ctx) {
    const hooks = ctx.use('hooks')
    const points = {
      create: hooks.point('agent.create'),
      created: hooks.point('agent.created'),
      input: hooks.point('agent.input'),
      output: hooks.point('agent.output'),
      error: hooks.point('agent.error'),
      close: hooks.point('agent.close'),
      closed: hooks.point('agent.closed'),
      start: hooks.point('agent.start'),
      step: hooks.point('agent.step'),
      done: hooks.point('agent.done'),
    }
    const house = {
      tools: ctx.use('tools'),
      schemas: ctx.use('schemas'),
      points,
      artifacts: ctx.find('artifacts'),
      media: ctx.find('media'),
      budgets: ctx.find('budgets'),
      state: ctx.find('state') !== undefined,
    }
    ctx.provide('agents', agents)
    ctx.contribute('script-modules', 'Agent', { functions: agentHandlers(house), validators })
  },
})
