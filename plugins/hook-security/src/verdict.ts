import type { Detector, Finding } from './detector.ts'
import type { Action, Place, Policy } from './policy.ts'

/** A finding, and what is done about it. */
export interface Judged extends Finding {
  readonly action: Exclude<Action, 'off'>
}

/** Texts that were looked at lately: a conversation is sent again with each of its steps. */
const MOST_KNOWN = 2000
const MOST_KNOWN_CHARS = 4 * 1024 * 1024

/** Looks at texts; each is looked at once. */
export class Judge {
  readonly #detector: Detector
  readonly #policy: Policy
  readonly #known = new Map<string, readonly Finding[]>()
  #chars = 0

  constructor(detector: Detector, policy: Policy) {
    this.#detector = detector
    this.#policy = policy
  }

  judge(text: string, place: Place): readonly Judged[] {
    return this.#find(text).flatMap((finding) => {
      const action = this.#policy.actionOf(finding.rule, place)
      return action === 'off' ? [] : [{ ...finding, action }]
    })
  }

  #find(text: string): readonly Finding[] {
    const known = this.#known.get(text)
    if (known) return known
    const found = this.#detector.find(text)
    this.#known.set(text, found)
    this.#chars += text.length
    while (this.#known.size > MOST_KNOWN || this.#chars > MOST_KNOWN_CHARS) this.#forgetOldest()
    return found
  }

  #forgetOldest(): void {
    const oldest = this.#known.keys().next().value!
    this.#known.delete(oldest)
    this.#chars -= oldest.length
  }
}

/** The text without what is to be redacted. */
export function redacted(text: string, judged: readonly Judged[]): string {
  let made = ''
  let at = 0
  for (const { rule, start, end, action } of judged) {
    if (action !== 'redact' || end <= at) continue
    made += start < at ? '' : `${text.slice(at, start)}[removed: ${rule}]`
    at = end
  }
  return made + text.slice(at)
}
