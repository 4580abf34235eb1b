import type { CallContext, Effect } from '@llmspell/sdk'
import type { Agent } from './agent.ts'
import { isAnyUntrusted, worstEffect } from './bound-tool.ts'
import type { BoundTool } from './bound-tool.ts'
import type { HandoffEntry } from './config.ts'
import { agentsOf } from './registry.ts'

/** What may come of asking an agent. */
export interface Reach {
  /** `unsafe` where one that it may pass the conversation on to is not made yet. */
  readonly effect: Effect
  readonly untrusted: boolean
}

/** Of the tools of an agent, and of all agents below it and behind it. */
export function reachOf(agent: Agent, context: CallContext): Reach {
  const agents = new Set([agent])
  const tools: BoundTool[] = []
  let isWhole = true
  for (const one of agents) {
    for (const tool of one.toolbox.values()) {
      if (tool.agent) agents.add(tool.agent)
      else tools.push(tool)
    }
    for (const next of (one.config.handoffs ?? []).map((entry) => known(entry, context))) {
      if (next) agents.add(next)
      else isWhole = false
    }
  }
  return {
    effect: isWhole ? worstEffect(tools) : 'unsafe',
    untrusted: isAnyUntrusted(tools),
  }
}

function known(entry: HandoffEntry, context: CallContext): Agent | undefined {
  return typeof entry === 'string'
    ? agentsOf(context).find(entry)
    : (context.resolve(entry) as Agent)
}
