/** What a new plugin may be: one folder of `templates/` each. */
export const KINDS = ['tool', 'engine', 'provider', 'store', 'hook', 'module'] as const
export type Kind = (typeof KINDS)[number]
