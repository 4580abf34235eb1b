import { createHash } from 'node:crypto'
import { isSessionCopy } from '@llmspell/sdk'
import type { CallContext, Scope } from '@llmspell/sdk'

/**
 * Whether a change that the journal answers is still to be made: the run that made it worked in the session, this one works
 * in a copy of it, which has to hold what both have written.
 */
export function isOwed(scope: Scope, context: CallContext): boolean {
  return isCopied(scope, context) && context.durable!.mode !== 'replay'
}

/**
 * What lets a change happen once, however often its step is tried. In a copy the one that is made again and the one that
 * was made go by the same key, which is why it comes from the place of the call.
 */
export function onceOf(
  scope: Scope,
  change: string,
  context: CallContext,
  key: string,
): { readonly once?: string } {
  // Only a durable run asks for the same step again.
  if (context.durable === undefined) return {}
  return { once: isCopied(scope, context) ? ownKey(change, context) : key }
}

export function ownKey(change: string, { runId, durable }: CallContext): string {
  const text = `${runId}/${durable!.path}/${change}`
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function isCopied({ kind, id }: Scope, context: CallContext): boolean {
  return kind === 'session' && context.durable !== undefined && isSessionCopy(id, context)
}
