import type { ErrorRecord, ModelChunk } from '@llmspell/sdk'
import type { BoundTool } from './bound-tool.ts'
import type { Turn } from './turn.ts'

type Call = Extract<ModelChunk, { readonly type: 'tool_call' }>

/**
 * Why a call may not run, as its model reads it. Asked is only before a tool that is neither pure nor
 * idempotent; anything but true is a no.
 * @throws what the callback of the script throws
 */
export async function approval(
  turn: Turn,
  tool: BoundTool,
  call: Call,
): Promise<ErrorRecord | undefined> {
  const { config, agent, ask } = turn.parts
  if (!config.approve || tool.effect !== 'unsafe') return undefined
  const { id, name, input } = call
  const said = await ask.stop.race(config.approve({ id, name, input, agent: agent.name }))
  if (said === true) return undefined
  const reason = typeof said === 'string' && said !== '' ? said : 'no reason was given'
  return {
    code: 'PERMISSION_DENIED',
    message: `The call of tool '${name}' was not approved: ${reason}.`,
    hint: 'Go on without it.',
  }
}
