import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { globMatcher } from '@llmspell/sdk'
import type { FileFacts, Permissions, ToolCall } from '@llmspell/sdk'
import type { FileWatchInput } from './generated/input.ts'

/** What the service `files` writes into before a file takes its place. */
const TEMPORARY = /^\.llmspell-[0-9a-f]{8}-\d+-[0-9a-f]{16}\.tmp$/

/** Which names of a watched folder the caller asked for and may know of. */
export class Scope {
  readonly #permissions: Permissions
  readonly #facts: FileFacts
  readonly #input: FileWatchInput
  readonly #call: ToolCall
  readonly #matches: (path: string) => boolean

  constructor(permissions: Permissions, facts: FileFacts, input: FileWatchInput, call: ToolCall) {
    this.#permissions = permissions
    this.#facts = facts
    this.#input = input
    this.#call = call
    this.#matches = input.pattern === undefined ? () => true : globMatcher(input.pattern)
  }

  /** Whether a place is not even looked at, nor what is below it. */
  ignores(place: string): boolean {
    if (place === this.#facts.place) return false
    const name = basename(place)
    if (TEMPORARY.test(name) || (!this.#input.hidden && name.startsWith('.'))) return true
    return !this.#mayRead(place)
  }

  /** The name for texts; undefined for what was not asked for, may not be read, or lies elsewhere by now. */
  async shown(place: string): Promise<string | undefined> {
    const below = this.#below(place)
    if (this.ignores(place) || !this.#matches(below || basename(place))) return undefined
    if (!this.#mayRead(place) || !(await this.#isStillHere(place))) return undefined
    if (below === '') return this.#facts.path
    return this.#facts.path === '.' ? below : `${this.#facts.path}/${below}`
  }

  #below(place: string): string {
    return relative(this.#facts.place, place).split(sep).join('/')
  }

  #mayRead(target: string): boolean {
    return this.#permissions.decide({ permission: 'read', target }, this.#call).allowed
  }

  /** A folder above may have become a link to elsewhere; of a removed one, the nearest that is there counts. */
  async #isStillHere(place: string): Promise<boolean> {
    for (let folder = dirname(place); ; folder = dirname(folder)) {
      const real = await realpath(folder).catch(() => undefined)
      if (real !== undefined) return real === folder
      if (folder === join(folder, '..')) return false
    }
  }
}
