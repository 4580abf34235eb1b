import { globMatcher } from '@llmspell/sdk'
import type { SecurityConfig } from './generated/config.ts'

/** Where a text stands that is looked at. */
export type Place = 'result' | 'message' | 'input'
export type Action = 'off' | 'warn' | 'label' | 'redact' | 'cancel'

interface Row {
  readonly fits: (rule: string) => boolean
  readonly action: Action
  readonly at: ReadonlySet<Place>
}

const EVERYWHERE: readonly Place[] = ['result', 'message', 'input']

/** What is done where nobody says otherwise. */
const DEFAULTS: SecurityConfig['actions'] = [
  { rule: 'injection.*', action: 'label', at: ['result'] },
  { rule: 'injection.*', action: 'warn', at: ['message'] },
  { rule: 'injection.*', action: 'off', at: ['input'] },
  { rule: 'secret.*', action: 'redact', at: ['message'] },
  { rule: 'secret.*', action: 'cancel', at: ['input'] },
  { rule: 'secret.*', action: 'warn', at: ['result'] },
]

/** Which action a finding asks for: the first row that it fits decides. */
export class Policy {
  readonly #rows: readonly Row[]
  readonly #known = new Map<string, Action>()

  /** @throws INPUT_INVALID for a pattern with too many alternatives */
  constructor({ actions, patterns }: Pick<SecurityConfig, 'actions' | 'patterns'>) {
    const own = patterns.map(({ name, action, at }) => ({ rule: name, action, ...(at && { at }) }))
    this.#rows = [...actions, ...own, ...DEFAULTS].map(({ rule, action, at = EVERYWHERE }) => {
      return { fits: globMatcher(rule), action, at: new Set(at) }
    })
  }

  /** Patterns of the host are found at the places that their row names, and nowhere else. */
  actionOf(rule: string, place: Place): Action {
    const key = `${place} ${rule}`
    const known = this.#known.get(key)
    if (known) return known
    const row = this.#rows.find(({ fits, at }) => at.has(place) && fits(rule))
    // What goes to a tool has no place for a label.
    const action = row?.action === 'label' && place === 'input' ? 'warn' : (row?.action ?? 'off')
    this.#known.set(key, action)
    return action
  }
}
