import type { LocalFunction, Value } from '@llmspell/sdk'

/** A table that a hook returns: a type, and what was given. */
function answer(type: string, parts: Readonly<Record<string, Value | undefined>> = {}): Value {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined)
  return { type, ...Object.fromEntries(given) }
}

/** What a function of `Hook.register` may answer. */
export const hookLocals: Readonly<Record<string, LocalFunction>> = {
  'Hook.continue': () => answer('continue'),
  'Hook.modify': ([data]) => answer('modify', { data: data ?? null }),
  'Hook.cancel': ([reason, hint]) => answer('cancel', { reason, hint }),
  'Hook.replace': ([result]) => answer('replace', { result: result ?? null }),
  'Hook.retry': ([options]) => answer('retry', (options ?? {}) as Record<string, Value>),
  'Hook.skip': ([reason]) => answer('skip', { reason }),
  'Hook.redirect': ([to]) => answer('redirect', { to }),
}
