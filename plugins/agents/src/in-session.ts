import { SpellError } from '@llmspell/sdk'
import type { CallContext } from '@llmspell/sdk'
import type { AgentConfig } from './config.ts'

/**
 * The configuration with the id of its session, which is there.
 * @throws INPUT_INVALID with `persist` beside it, SESSION_NOT_FOUND, PERMISSION_DENIED, NOT_AVAILABLE
 */
export async function inSession(config: AgentConfig, context: CallContext): Promise<AgentConfig> {
  const { session: given } = config
  if (given === undefined) return config
  if (config.persist !== undefined && config.persist !== false) throw twoPlaces()
  const session =
    typeof given === 'string' ? given : (context.resolve(given) as { readonly id: string }).id
  await context.call('Session', 'get', [session])
  return { ...config, session }
}

function twoPlaces(): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    "An agent is kept in one place: expected 'session' or 'persist', found both.",
    { hint: 'Leave one of them out.' },
  )
}
