import type { Access, PermissionNeed, Value } from '@llmspell/sdk'

/** Bytes of a command that one question shows. */
const MOST_SHOWN = 8192

const PROGRAMS: ReadonlySet<string> = new Set(['run', 'unjailed'])

/** Facts that make it another effect; of programs all do. What only describes it, such as a diff, does not. */
const COUNTED: ReadonlySet<string> = new Set(['method', 'mode', 'executable', 'kind'])

/**
 * The same effect by the same hands, from the same folder. Sending by an agent that has seen both private data and
 * text from outside is another one than the same before.
 */
export function effectOf(need: PermissionNeed, access: Access, unmixed: boolean): string {
  const { permission, target } = need
  const { subject, root, run } = access
  return JSON.stringify([permission, target, subject, run?.actors, root, unmixed, counted(need)])
}

function counted({
  permission,
  facts = {},
}: PermissionNeed): readonly (readonly [string, Value])[] {
  return Object.entries(facts).filter(([name]) => PROGRAMS.has(permission) || COUNTED.has(name))
}

/** Whether a command is more than a person can be shown whole. */
export function isTooLong({ permission, target, facts = {} }: PermissionNeed): boolean {
  if (!PROGRAMS.has(permission)) return false
  return Math.max(Buffer.byteLength(target), Buffer.byteLength(JSON.stringify(facts))) > MOST_SHOWN
}
