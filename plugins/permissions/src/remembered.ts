import { basename } from 'node:path'
import { printable, type PermissionNeed } from '@llmspell/sdk'
import { belowRoot } from './path.ts'

const SHELLS: ReadonlySet<string> = new Set(
  (
    'sh bash rbash dash ash zsh ksh mksh fish csh tcsh busybox toybox nu elvish xonsh ' +
    'cmd powershell pwsh'
  ).split(' '),
)
/** What is asked for each time anew. */
const NEVER: ReadonlySet<string> = new Set(['net-private', 'unjailed', 'mix', '*'])

/**
 * The rule that covers exactly this need, for a policy file; undefined where there is none, or where a yes for
 * good would be too much: shells, private networks, hidden files, programs without words.
 */
export function ruleFor(need: PermissionNeed, root: string): string | undefined {
  const { permission, target } = need
  // A star would be a pattern, and hidden characters another text than the one that was shown.
  if (NEVER.has(permission) || /[*?]/.test(target) || printable(target, Infinity) !== target)
    return undefined
  const value = valueFor(permission, target, root)
  return value === undefined ? undefined : `${permission}=${value}`
}

function valueFor(permission: string, target: string, root: string): string | undefined {
  if (permission === 'read' || permission === 'write') return pathValue(permission, target, root)
  return permission === 'run' ? programValue(target) : target
}

function pathValue(permission: string, target: string, root: string): string | undefined {
  const below = belowRoot(root, target)
  if (permission === 'write' && (below ?? target).split(/[/\\]/).some(isHidden)) return undefined
  if (below === undefined) return target
  return below === '.' ? '.' : `./${below}`
}

/** `.git`, `.env`, `.ssh`: files that programs obey. */
function isHidden(name: string): boolean {
  return name.startsWith('.') && name !== '.'
}

/** One word alone would cover the program with any arguments. */
function programValue(target: string): string | undefined {
  const words = target.split(' ')
  if (words.length < 2 || words.some((word) => word === '' || /\s/.test(word))) return undefined
  // A wrapper such as env may start one too.
  return words.some(isShell) ? undefined : target
}

function isShell(word: string): boolean {
  const name = basename(word.replaceAll('\\', '/')).toLowerCase()
  return SHELLS.has(name.replace(/\.(?:exe|cmd|bat)$/, ''))
}
