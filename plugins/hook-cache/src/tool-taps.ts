import { isDeepStrictEqual } from 'node:util'
import { globMatcher, replace } from '@llmspell/sdk'
import type {
  Contribution,
  OpenRun,
  Replace,
  ToolDoneFacts,
  ToolFacts,
  ToolItem,
  ToolOutputFacts,
  Value,
} from '@llmspell/sdk'
import type { Asked, Cache } from './cache.ts'
import { keyOf } from './key.ts'

export interface ToolParts {
  readonly cache: Cache
  readonly pure: boolean
  /** Patterns of tools that read what others may not. */
  readonly readers: readonly string[]
  itemOf(tool: string): Contribution<ToolItem> | undefined
  about(run: string): Pick<OpenRun, 'signal' | 'redact' | 'durable'> | undefined
}

type Scope = Pick<Asked, 'key' | 'local'>

/** Calls of pure tools that were made before. */
export class ToolTaps {
  readonly #parts: ToolParts
  readonly #readers: readonly ((name: string) => boolean)[]
  /** Grows with whatever may have changed what readers read. */
  #epoch = 0

  constructor(parts: ToolParts) {
    this.#parts = parts
    this.#readers = parts.readers.map(globMatcher)
  }

  async input(facts: ToolFacts): Promise<Replace<Value> | undefined> {
    if (facts.effect !== 'pure') this.#epoch++
    const run = this.#parts.about(facts.run_id)
    const scope = run && !run.durable ? this.#scopeOf(facts) : undefined
    if (!run || !scope) return undefined
    const asked = { ...scope, call: callOf(facts), what: 'tools', signal: run.signal } as const
    const found = await this.#parts.cache.ask(asked)
    return found === undefined ? undefined : replace(structuredClone(found))
  }

  output(facts: ToolOutputFacts): void {
    const { output, replaced_by: by } = facts
    const kept = output as unknown as Value
    const shown = this.#parts.about(facts.run_id)?.redact(kept)
    // What has a secret of one run, or text from outside, in it is not for others.
    const isPlain = by === undefined && output.untrusted !== true && isDeepStrictEqual(kept, shown)
    this.#parts.cache.note(callOf(facts), isPlain ? structuredClone(kept) : undefined)
  }

  error(facts: ToolFacts): void {
    this.#parts.cache.failed(callOf(facts))
  }

  done(facts: ToolDoneFacts): void {
    if (facts.effect !== 'pure') this.#epoch++
    this.#parts.cache.end(callOf(facts), facts.success)
  }

  /** Who may share the answer; undefined where nobody may. */
  #scopeOf(facts: ToolFacts): Scope | undefined {
    const { tool, source, effect, params } = facts
    const { item, plugin, version } = this.#parts.itemOf(tool) ?? {}
    if (!item || plugin !== source || effect !== 'pure' || item.varies) return undefined
    const base = ['tool', tool, plugin, version, params] as const
    if (needsNothing(item))
      return this.#parts.pure ? { key: keyOf(...base), local: false } : undefined
    // An agent may read less than its run: only the script itself has all that the run was granted.
    const isReader = facts.caller === 'script' && this.#readers.some((fits) => fits(tool))
    return isReader ? { key: keyOf(...base, facts.run_id, this.#epoch), local: true } : undefined
  }
}

const callOf = ({ run_id: run, seq, tool }: ToolFacts): string => keyOf('tool', run, seq, tool)

const needsNothing = ({ permissions = {}, untrusted = false }: ToolItem): boolean =>
  !untrusted && Object.keys(permissions).length === 0
