import { isDeepStrictEqual } from 'node:util'
import { replace } from '@llmspell/sdk'
import type { ModelRequest, OpenRun, Replace, Value } from '@llmspell/sdk'
import type { Cache } from './cache.ts'
import { keyOf } from './key.ts'

interface Event {
  readonly runId: string
  readonly seq: number
  readonly model: string
  /** See LlmEvent of models. */
  readonly line?: string
}

/** Payload of `llm.request`. */
export interface RequestFacts extends Event {
  readonly request: ModelRequest
}

/** Payload of `llm.response`: what counts of it. */
export interface ResponseFacts extends Event {
  readonly answer: {
    readonly text: string
    readonly reasoning?: string
    readonly media?: readonly unknown[]
    readonly toolCalls?: readonly Value[]
    readonly invalidCalls?: readonly unknown[]
    readonly reason: string
    readonly replacedBy?: string
  }
}

export interface ModelParts {
  readonly cache: Cache
  readonly which: 'deterministic' | 'all' | 'none'
  about(run: string): Pick<OpenRun, 'signal' | 'redact'> | undefined
}

/** Questions that were asked before, to the same model of the same server with the same settings. */
export class ModelTaps {
  readonly #parts: ModelParts

  constructor(parts: ModelParts) {
    this.#parts = parts
  }

  async request(facts: RequestFacts): Promise<Replace<Value> | undefined> {
    const { cache, which } = this.#parts
    const { request, line, runId } = facts
    const run = this.#parts.about(runId)
    if (line === undefined || !run || !isCacheable(request, which)) return undefined
    const key = keyOf('model', facts.model, line, request as unknown as Value)
    const asked = {
      call: callOf(facts),
      key,
      what: 'models',
      signal: run.signal,
      local: false,
    } as const
    const found = await cache.ask(asked)
    return found === undefined ? undefined : replace(found)
  }

  response(facts: ResponseFacts): void {
    const kept = keptOf(facts)
    const shown = kept && this.#parts.about(facts.runId)?.redact(kept)
    // What has a secret of one run in it is not for others.
    this.#parts.cache.note(callOf(facts), isDeepStrictEqual(kept, shown) ? kept : undefined)
  }

  done(facts: Event & { readonly ok: boolean }): void {
    this.#parts.cache.end(callOf(facts), facts.ok)
  }

  error(facts: Event): void {
    this.#parts.cache.end(callOf(facts), false)
  }
}

const callOf = ({ runId, seq, model }: Event): string => keyOf('model', runId, seq, model)

function isCacheable({ temperature, seed }: ModelRequest, which: ModelParts['which']): boolean {
  if (which === 'none') return false
  return which === 'all' || temperature === 0 || seed !== undefined
}

/** The parts of a whole answer; nothing of one that broke off, is no text, or is no model's. */
function keptOf({ answer }: ResponseFacts): Value | undefined {
  // Somebody before may have made it, of as little as the point asks for.
  const { text, reasoning = '', media = [], toolCalls = [], invalidCalls = [] } = answer
  const { reason, replacedBy } = answer
  if (replacedBy !== undefined || media.length + invalidCalls.length > 0) return undefined
  if (reason !== 'stop' && reason !== 'tool_calls') return undefined
  return structuredClone({ text, reasoning, toolCalls, reason })
}
