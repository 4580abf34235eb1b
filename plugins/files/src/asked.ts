import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { Access, Audit, Permissions, Value } from '@llmspell/sdk'
import type { FilesConfig } from './generated/config.ts'
import { notRegular } from './errors.ts'
import { isSystemPath } from './kind.ts'

/** What the service works with. */
export interface Means {
  readonly permissions: Permissions
  readonly audit: Audit
  readonly config: FilesConfig
  /** Whether the system names open descriptors (`/proc/self/fd`). */
  readonly descriptors: boolean
}

/** One request on its way: as asked, and where that is before links are followed. */
export interface Asked {
  readonly means: Means
  readonly access: Access
  readonly permission: 'read' | 'write'
  readonly lexical: string
  readonly shown: string
  readonly facts?: Readonly<Record<string, Value>>
  /** True once a person has agreed to the path as written: it needs no second decision. */
  readonly agreed: boolean
}

/**
 * Decides on the path as written. What is granted leaves no audit line yet: the place that it leads to
 * is what is used.
 * @throws PERMISSION_DENIED, FILE_NOT_REGULAR for what belongs to the system
 */
export async function ask(
  means: Means,
  permission: Asked['permission'],
  path: string,
  access: Access,
  facts?: Asked['facts'],
): Promise<Asked> {
  const root = await realpath(access.root).catch(() => resolve(access.root))
  const written = resolve(access.root, path)
  const inside = below(resolve(access.root), written) ?? below(root, written)
  const lexical = inside === undefined ? written : resolve(root, inside)
  const shown = inside === undefined ? path : inside.split(sep).join('/') || '.'
  const own = { ...access, root }
  const asked = { means, access: own, permission, lexical, shown, agreed: false }
  const whole: Asked = facts === undefined ? asked : { ...asked, facts }
  const granted = may(whole, lexical)
  if (!granted) await need(whole, lexical)
  if (isSystemPath(lexical)) throw notRegular(shown, 'a file of the system')
  return { ...whole, agreed: !granted }
}

/** The one decision on the place that will really be used. @throws PERMISSION_DENIED */
export async function requirePlace(asked: Asked, place: string): Promise<void> {
  if (!asked.agreed || place !== asked.lexical) await need(asked, place)
}

/** Looks only. */
export function may({ means, access, permission }: Asked, target: string): boolean {
  return means.permissions.decide({ permission, target }, access).allowed
}

function need({ means, access, permission, shown, facts }: Asked, target: string): Promise<void> {
  const more = facts === undefined ? {} : { facts }
  return means.permissions.require({ permission, target, shown, ...more }, access)
}

/** Relative to the folder; undefined outside of it. */
function below(folder: string, path: string): string | undefined {
  const rest = relative(folder, path)
  return rest === '..' || rest.startsWith(`..${sep}`) || isAbsolute(rest) ? undefined : rest
}
