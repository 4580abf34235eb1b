import type { CallContext } from '@llmspell/sdk'

/** `script`, or the innermost one that acts for it. */
export function callerOf({ actors }: Pick<CallContext, 'actors'>): string {
  const last = actors.at(-1)
  return last ? `${last.kind} '${last.name}'` : 'script'
}
