import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { nearest, printable, type PermissionDecision, type PermissionNeed } from '@llmspell/sdk'
import { PERMISSIONS } from '../flags.ts'
import { unexpected } from '../parse.ts'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import type { PolicyPlaces } from '../places.ts'

const KNOWN: readonly string[] = [...PERMISSIONS, 'net-private']

/** What is asked about, resolved as a service would. @throws ARGUMENT_UNEXPECTED with a suggestion */
export function needOf(permission: string, target: string, root: string): PermissionNeed {
  const meant = KNOWN.includes(permission) ? undefined : nearest(permission, KNOWN)
  if (meant !== undefined)
    throw unexpected({ id: 'policy explain' }, permission, `Did you mean '${meant}'?`)
  if (permission === 'read' || permission === 'write')
    return { permission, target: realPlace(resolve(root, target)), shown: target }
  if (permission === 'net' || permission === 'net-private')
    return { permission, target: /^\w[\w+.-]*:\/\//.test(target) ? originOf(target) : target }
  return { permission, target }
}

function originOf(target: string): string {
  const url = URL.parse(target)
  return url && url.origin !== 'null' ? url.origin : target
}

/** The real path of what exists, with the rest as written. */
function realPlace(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(realPlace(above), path.slice(above.length))
  }
}

/** What the service `files` refuses though it is granted. */
export function protectedFile({ target }: PermissionNeed, root: string): PermissionDecision {
  return {
    allowed: false,
    holder: 'files',
    reason: 'what is written there can run or decide later, so no rule for a folder covers it',
    hint: `Grant exactly this file: --allow-write=${near(target, root)}`,
  }
}

/** A decision with the file that its rule stands in. */
export interface Explained {
  readonly allowed: boolean
  readonly permission: string
  readonly target: string
  readonly holder: string
  readonly rule?: string
  readonly file?: string
  readonly line?: number
  readonly reason?: string
  readonly hint?: string
}

/** What a decision rests on. */
export function explained(
  need: PermissionNeed,
  decision: PermissionDecision,
  places: PolicyPlaces,
  root: string,
): Explained {
  const { permission, target } = need
  const { allowed, holder, rule, source } = decision
  const file = source === undefined ? undefined : fileOf(source, places, root)
  const line = Number(/:(\d+)$/.exec(source ?? '')?.[1])
  return {
    allowed,
    permission,
    target,
    holder,
    ...(rule === undefined ? {} : { rule }),
    ...(file === undefined ? {} : { file, line }),
    ...(decision.allowed ? {} : { reason: decision.reason, hint: decision.hint }),
  }
}

function fileOf(source: string, { system, user }: PolicyPlaces, root: string): string | undefined {
  if (source.startsWith('system ')) return system
  if (source.startsWith('.llmspell')) return join(root, source.replace(/:\d+$/, ''))
  return user
}

/** The explanation for people. */
export function explainedText(found: Explained, root: string, paint: Paint): string {
  const { allowed, permission, target, holder, rule, file, line, reason, hint } = found
  const word = allowed ? paint('green', 'allowed') : paint('red', 'denied')
  const where = file === undefined ? flagOf(found) : `${near(file, root)}:${line}`
  const rows: readonly (readonly [string, string | undefined])[] = [
    [
      'by',
      `${file === undefined ? holder : 'a policy file'}${rule === undefined ? '' : `: ${printable(rule)}`}`,
    ],
    ['at', where],
    ['why', reason],
    ['hint', hint],
  ]
  const lines = rows.flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${name.padEnd(5)} ${plain(text)}\n`],
  )
  return `${word} ${plain(`${permission} ${near(target, root)}`)}\n${lines.join('')}`
}

function flagOf({ holder, rule, allowed }: Explained): string | undefined {
  if (holder !== 'command line' || rule === undefined) return undefined
  if (rule === '*=*') return '--allow-all'
  return `--${allowed ? 'allow' : 'deny'}-${rule}`
}

function near(path: string, root: string): string {
  if (!isAbsolute(path)) return path
  const below = relative(root, path)
  return below === '' || below.startsWith('..') ? path : `./${below}`
}
