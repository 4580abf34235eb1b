import { deniesProgram, matchesEnv, matchesName, matchesProgram } from './names.ts'
import { matchesNet } from './net.ts'
import { deniesPath, isPlace, matchesPath, type Forms } from './path.ts'

const PATHS: ReadonlySet<string> = new Set(['read', 'write'])
const PROGRAMS: ReadonlySet<string> = new Set(['run', 'unjailed', 'mix'])

/** Whether one value of a grant covers one exact target. Nothing that cannot be read matches. */
export function matches(
  permission: string,
  grant: string,
  target: string,
  root: string,
  forms?: Forms,
): boolean {
  switch (permission) {
    case 'read':
    case 'write':
      return matchesPath(grant, target, root, forms)
    case 'net':
      return matchesNet(grant, target)
    case 'net-private':
      return grant === '*' || matchesNet(grant, target)
    case 'run':
      return matchesProgram(grant, target)
    case 'unjailed':
      return grant === '*' || matchesProgram(grant, target)
    case 'env':
      return matchesEnv(grant, target)
    case 'mix':
      return matchesMix(grant, target, root)
    default:
      return matchesName(grant, target)
  }
}

/** Whether one value of a deny covers one exact target. */
export function denies(permission: string, grant: string, target: string, root: string): boolean {
  const ofPath = PATHS.has(permission) || (permission === 'mix' && isPlace(target))
  if (ofPath && deniesPath(grant, target, root)) return true
  if (PROGRAMS.has(permission) && deniesProgram(grant, target)) return true
  return !PATHS.has(permission) && matches(permission, grant, target, root)
}

/** What may be mixed is a host, a path or a program: whatever the text is that leaves. */
function matchesMix(grant: string, target: string, root: string): boolean {
  if (grant === '*') return true
  if (isPlace(target) && matchesPath(grant, target, root)) return true
  return target.includes('://') ? matchesNet(grant, target) : matchesProgram(grant, target)
}

/** How exactly a rule names its target: the more letters before its first star, the more. */
export function exactness(grant: string): number {
  if (grant === '/') return 0
  if (grant === '.' || grant === './' || grant === 'workspace') return 1
  const star = grant.search(/[*?]/)
  return star < 0 ? grant.length + 1 : star
}
