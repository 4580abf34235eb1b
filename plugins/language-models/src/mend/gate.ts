import { CALL_KEYS, firstTag, TAGS } from './written.ts'

/** Most characters that are held back to see what they become. */
const MOST = 256 * 1024
/** Characters in which a call shows itself. */
const START = 256

/** Lets text pass as it comes, and holds back what may be a call that was written into it. */
export class TextGate {
  /** False: JSON is what was asked for, so only tags mark a call. */
  readonly #bare: boolean
  #begun = false
  /** What has not been let through. */
  held = ''
  /** True once a tag was seen: nothing passes any more. */
  tagged = false

  constructor(bare: boolean) {
    this.#bare = bare
  }

  /** The text that may pass now. */
  push(text: string): string {
    this.held += text
    if (this.tagged) return ''
    this.#begun ||= !this.#mayBeCall() || this.held.length > MOST
    if (!this.#begun) return ''
    const tag = firstTag(this.held)
    if (tag) this.tagged = true
    return this.#passed(tag ? tag.at : this.held.length - halfTag(this.held))
  }

  #passed(length: number): string {
    const passed = this.held.slice(0, length)
    this.held = this.held.slice(length)
    return passed
  }

  #mayBeCall(): boolean {
    const start = this.held.slice(0, START).trimStart()
    return start === '' || (this.#bare && mayBeJson(withoutFence(start)))
  }
}

/** What follows the start of a fence of code; nothing while it may become one. */
function withoutFence(start: string): string {
  if ('```json'.startsWith(start)) return ''
  return start.replace(/^```(?:json)?\s*/, '')
}

/** True while the JSON begins as a call does. */
function mayBeJson(start: string): boolean {
  const inner = start.replace(/^\[?\s*\{?\s*/, '')
  if (inner === '') return true
  if (inner === start || !inner.startsWith('"')) return false
  const [key = '', rest] = inner.slice(1).split('"', 2)
  return rest === undefined
    ? CALL_KEYS.some((known) => known.startsWith(key))
    : CALL_KEYS.includes(key)
}

/** Length of the end of a text that may become a tag. */
function halfTag(text: string): number {
  const lengths = TAGS.flatMap(([open]) =>
    Array.from({ length: open.length - 1 }, (_, i) => i + 1).filter((length) =>
      text.endsWith(open.slice(0, length)),
    ),
  )
  return Math.max(0, ...lengths)
}
