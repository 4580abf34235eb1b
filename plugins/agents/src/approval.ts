import { AsyncLocalStorage } from 'node:async_hooks'
import type { ErrorRecord, HostCallback, ModelChunk } from '@llmspell/sdk'
import type { BoundTool } from './bound-tool.ts'
import type { Turn } from './turn.ts'

type Call = Extract<ModelChunk, { readonly type: 'tool_call' }>

/** Who is asked about what agents do that were started by a tool of another one. */
const above = new AsyncLocalStorage<readonly HostCallback[]>()

/** Those who approve what runs now, the outermost first. */
export function approversAbove(): readonly HostCallback[] {
  return above.getStore() ?? []
}

/** Of one agent: its own comes last, behind those of the agents that started it or passed on to it. */
export function approversOf({ parts, record }: Turn): readonly HostCallback[] {
  const { approve } = parts.config
  return [...new Set([...record.approvers, ...(approve ? [approve] : [])])]
}

/** Runs a tool of an agent; whoever approves the agent's calls approves those of the agents below it. */
export function overseen<T>(turn: Turn, run: () => T): T {
  return above.run(approversOf(turn), run)
}

/**
 * Why a call may not run, as its model reads it. Asked is only before a tool that is neither pure nor
 * idempotent; anything but true is a no, and the first no counts.
 * @throws what the callback of the script throws
 */
export async function approval(
  turn: Turn,
  tool: BoundTool,
  call: Call,
): Promise<ErrorRecord | undefined> {
  if (tool.effect !== 'unsafe') return undefined
  const { agent, ask } = turn.parts
  const { id, name, input } = call
  for (const approve of approversOf(turn)) {
    const said = await ask.stop.race(approve({ id, name, input, agent: agent.name }))
    if (said !== true) return refused(name, said)
  }
  return undefined
}

function refused(name: string, said: unknown): ErrorRecord {
  const reason = typeof said === 'string' && said !== '' ? said : 'no reason was given'
  return {
    code: 'PERMISSION_DENIED',
    message: `The call of tool '${name}' was not approved: ${reason}.`,
    hint: 'Go on without it.',
  }
}
