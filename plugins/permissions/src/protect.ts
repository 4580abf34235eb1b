import { join, sep } from 'node:path'
import { now } from '@llmspell/sdk'
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

/** How long it is believed where a place leads to, in ms: asking the disk costs more than all else of a decision. */
const BELIEVED_MS = 1000

/** Tells of a path whether it is one of the files that no run may write; `follow`: also whether it leads to one. */
export type Protects = (target: string, follow?: boolean) => boolean

export function protector({ system, user, state, audit }: Places): Protects {
  const trust = state === undefined ? undefined : join(state, TRUST)
  const places = [system, user, trust, audit].filter((file) => file !== undefined)
  let forms: readonly string[] = []
  let asked = -BELIEVED_MS
  return (target, follow = false) => {
    const moment = now()
    if (moment - asked >= BELIEVED_MS) {
      forms = [...new Set(places.flatMap((place) => [place, realish(place)]))].map(folded)
      asked = moment
    }
    const paths = follow ? [target, realish(target)] : [target]
    return paths.map(folded).some((path) => {
      return path.endsWith(PROJECT_END) || forms.some((form) => isWithin(form, path))
    })
  }
}

function folded(path: string): string {
  return IGNORES_CASE ? path.toLowerCase() : path
}

const PROJECT_END = folded(sep + PROJECT_POLICY)
