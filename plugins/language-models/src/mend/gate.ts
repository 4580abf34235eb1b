import { MOST } from './json.ts'
import { CALL_KEYS, TAGS } from './written.ts'

/** Characters in which a call shows itself. */
const START = 256
const THINK = '<think>'
const THOUGHT = '</think>'

/** Lets text pass as it comes, and holds back what may be an answer that is nothing but calls. */
export class TextGate {
  /** False: JSON is what was asked for, so only tags mark a call. */
  readonly #bare: boolean
  #at: 'start' | 'thought' | 'answer' | 'prose' = 'start'
  /** What has not been let through. */
  held = ''

  constructor(bare: boolean) {
    this.#bare = bare
  }

  /** True once there are words: a call among them is only told of. */
  get isProse(): boolean {
    return this.#at === 'prose' || this.#at === 'thought'
  }

  /** The text that may pass now. */
  push(text: string): string {
    this.held += text
    if (this.#at === 'start' && this.held.trimStart().startsWith(THINK)) this.#at = 'thought'
    const thought = this.#at === 'thought' ? this.#thought() : ''
    if (this.#at === 'thought') return thought
    if (this.held.length > MOST || !this.#mayBeCall()) this.#at = 'prose'
    return this.#at === 'prose' ? thought + this.#passed(this.held.length) : thought
  }

  #thought(): string {
    const end = this.held.indexOf(THOUGHT)
    if (end < 0) return this.#passed(this.held.length - halfOf(THOUGHT, this.held))
    this.#at = 'answer'
    return this.#passed(end + THOUGHT.length)
  }

  #passed(length: number): string {
    const passed = this.held.slice(0, length)
    this.held = this.held.slice(length)
    return passed
  }

  #mayBeCall(): boolean {
    if (this.#at === 'prose') return false
    const start = this.held.slice(0, START).trimStart()
    const isTag = TAGS.some(([open]) => begins(start, open))
    const mayThink = this.#at === 'start' && begins(start, THINK)
    return start === '' || isTag || mayThink || (this.#bare && mayBeJson(start))
  }
}

/** True where a text begins with a mark, or may once there is more of it. */
function begins(text: string, mark: string): boolean {
  return text.startsWith(mark) || mark.startsWith(text)
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

/** Length of the end of a text that may become a mark. */
function halfOf(mark: string, text: string): number {
  for (let length = mark.length - 1; length > 0; length--)
    if (text.endsWith(mark.slice(0, length))) return length
  return 0
}
