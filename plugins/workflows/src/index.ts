import { definePlugin } from '@llmspell/sdk'
import { engine } from './file/engine.ts'
import { workflowFiles } from './file/service.ts'
import type { AgentNames } from './house.ts'
import { validators } from './generated/workflow.module.validate.js'
import { workflowsOfHost } from './service.ts'
import { workflowHandlers } from './handlers.ts'

export type * from './types.ts'
export type * from './file/service.ts'
export { engine }

/** The plugin: the script module `Workflow`, and workflow files as scripts. */
export default definePlugin({
  setup(ctx) {
    const hooks = ctx.use('hooks')
    const points = {
      start: hooks.point('workflow.start'),
      step: hooks.point('workflow.step'),
      transition: hooks.point('workflow.transition'),
      output: hooks.point('workflow.output'),
      error: hooks.point('workflow.error'),
      stepDone: hooks.point('workflow.stepDone'),
      checkpoint: hooks.point('workflow.checkpoint'),
      rollback: hooks.point('workflow.rollback'),
      done: hooks.point('workflow.done'),
    }
    const house = {
      points,
      schemas: ctx.use('schemas'),
      tools: ctx.find('tools'),
      // Its type is of another plugin: workflows need two of its functions.
      agents: (ctx.find as (name: string) => unknown)('agents') as AgentNames | undefined,
      budgets: ctx.find('budgets'),
    }
    ctx.provide('workflow-files', workflowFiles)
    ctx.provide('workflows', workflowsOfHost(ctx.find('script-runtime')))
    ctx.contribute('engines', 'workflow', engine)
    ctx.contribute('script-modules', 'Workflow', { functions: workflowHandlers(house), validators })
  },
})
