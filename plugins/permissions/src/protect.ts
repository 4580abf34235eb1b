import { join, sep } from 'node:path'
import { isWithin, realish } from './path.ts'

/** Where the files lie that decide over runs. Each is absolute; absent: there is none. */
export interface Places {
  /** Policy file of the system. */
  readonly system?: string
  /** Policy file of the user. */
  readonly user?: string
  /** Folder that holds what is trusted. */
  readonly state?: string
  /** Folder of the audit files. */
  readonly audit?: string
}

/** The policy file of a project, below its folder. */
export const PROJECT_POLICY = join('.llmspell', 'policy.toml')

/** File below `state` with the hashes of trusted project files. */
export const TRUST = 'trust.json'

const IGNORES_CASE = process.platform === 'darwin' || process.platform === 'win32'

/** Tells of a path whether it is, or would lead to, one of the files that no run may write. */
export function protector({ system, user, state, audit }: Places): (target: string) => boolean {
  const files = [system, user, state === undefined ? undefined : join(state, TRUST), audit]
  const places = files.filter((file) => file !== undefined)
  return (target) => {
    const path = folded(target)
    if (path.endsWith(folded(sep + PROJECT_POLICY))) return true
    // Each time anew: what a folder leads to may change while a run goes on.
    return places.some((place) =>
      [place, realish(place)].some((form) => isWithin(folded(form), path)),
    )
  }
}

function folded(path: string): string {
  return IGNORES_CASE ? path.toLowerCase() : path
}
