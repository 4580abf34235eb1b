import { matchesEnv, matchesName, matchesProgram } from './names.ts'
import { matchesNet } from './net.ts'
import { deniesPath, matchesPath } from './path.ts'

/** Whether one value of a grant covers one exact target. Nothing that cannot be read matches. */
export function matches(permission: string, grant: string, target: string, root: string): boolean {
  switch (permission) {
    case 'read':
    case 'write':
      return matchesPath(grant, target, root)
    case 'net':
      return matchesNet(grant, target)
    case 'run':
      return matchesProgram(grant, target)
    case 'env':
      return matchesEnv(grant, target)
    default:
      return matchesName(grant, target)
  }
}

/** Whether one value of a deny covers one exact target. */
export function denies(permission: string, grant: string, target: string, root: string): boolean {
  const ofPath = permission === 'read' || permission === 'write'
  return ofPath ? deniesPath(grant, target, root) : matches(permission, grant, target, root)
}
