import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { GrantChain } from '@llmspell/sdk'

/** What denies take out of a folder; undefined where that cannot be said, as by a pattern. */
export function deniedIn(
  permission: 'read' | 'write',
  folder: string,
  grants: GrantChain,
  root: string,
): readonly string[] | undefined {
  const rules = grants.flatMap(({ deny }) => deny?.[permission] ?? [])
  if (rules.some((rule) => /[*?]/.test(rule))) return undefined
  const paths = rules.flatMap((rule) => bothForms(resolve(root, rule)))
  return [...new Set(paths)].filter((path) => path.startsWith(`${folder}/`))
}

/** The path where it leads; nothing where there is nothing to hide. */
function bothForms(path: string): readonly string[] {
  try {
    return [realpathSync.native(path)]
  } catch {
    return []
  }
}
