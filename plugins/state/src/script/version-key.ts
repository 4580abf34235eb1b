import type { Scope } from '@llmspell/sdk'

/** As migrations of plugins keep theirs. */
export function versionKey({ kind, id }: Pick<Scope, 'kind' | 'id'>): string {
  return `version/${kind}/${id}`
}
