import { printable, type PermissionNeed } from '@llmspell/sdk'
import { belowRoot } from './path.ts'
import { isInterpreter, isShell } from './shells.ts'

/** What is asked for each time anew. */
const NEVER: ReadonlySet<string> = new Set(['net-private', 'unjailed', 'mix', '*'])

/** A rule for a policy file, or why there is none, in words. */
export type Lasting = { readonly rule: string } | { readonly why: string }

/**
 * The rule that covers exactly this need; none where a yes for good would be too much: shells, private networks,
 * hidden files, programs without words, input that no rule can name.
 */
export function ruleFor(need: PermissionNeed, root: string): Lasting {
  const { permission, target } = need
  if (need.also && need.also.length > 0) return { why: 'it needs more than one rule' }
  if (NEVER.has(permission)) return { why: `'${permission}' is asked for each time` }
  if (/[*?]/.test(target)) return { why: 'a star in a rule would stand for more than was asked' }
  // Hidden characters would be another text than the one that was shown.
  if (printable(target, Infinity) !== target) return { why: 'it has hidden characters' }
  if (permission === 'run') return programRule(need)
  if (permission === 'read' || permission === 'write') return pathRule(need, root)
  return { rule: `${permission}=${target}` }
}

function pathRule({ permission, target, facts }: PermissionNeed, root: string): Lasting {
  const below = belowRoot(root, target)
  if (permission === 'write' && (below ?? target).split(/[/\\]/).some(isHidden))
    return { why: 'what lies under a name with a dot can steer programs' }
  if (facts?.['kind'] === 'folder')
    return { why: 'a rule for a folder that is to be made would cover all below it' }
  if (below === undefined) return { rule: `${permission}=${target}` }
  return { rule: `${permission}=${below === '.' ? '.' : `./${below}`}` }
}

/** `.git`, `.env`, `.ssh`: files that programs obey. */
function isHidden(name: string): boolean {
  return name.startsWith('.') && name !== '.'
}

/** One word alone would cover the program with any arguments. */
function programRule({ target, facts }: PermissionNeed): Lasting {
  const words = target.split(' ')
  if (words.length < 2) return { why: 'a rule for the name alone would cover any arguments' }
  if (words.some((word) => word === '' || /\s/.test(word)))
    return { why: 'its arguments have blanks of their own' }
  if (facts && Object.hasOwn(facts, 'stdin'))
    return { why: 'a rule cannot say what the program reads on stdin' }
  // A wrapper such as env may start one too.
  if (words.some(isShell)) return { why: 'a shell can do anything' }
  if (words.some(isInterpreter)) return { why: 'its arguments are a program of their own' }
  return { rule: `run=${target}` }
}
