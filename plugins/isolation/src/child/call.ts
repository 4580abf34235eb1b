import { SpellError } from '@llmspell/sdk'
import type { Access, RunFacts, ToolCall, ToolChunk } from '@llmspell/sdk'
import type { Line } from '../line/line.ts'
import type { CallFacts } from './protocol.ts'

/** Survives a copy of the call by `{ ...call }`. */
const ID = Symbol('call')

/** The number of the call that an access is, or was copied from. @throws ISOLATED_ONLY */
export function idOf(access: Access): number {
  const id = (access as { readonly [ID]?: number } | undefined)?.[ID]
  if (id !== undefined) return id
  throw isolated('An isolated plugin may use its ports only with the call that it serves')
}

export function isolated(what: string): SpellError {
  return new SpellError('ISOLATED_ONLY', `${what}.`, {
    hint: 'If it needs that, it must be trusted to run in the process of llmspell.',
  })
}

/** A call as a tool in this process sees it: facts, and questions to the host. */
export class RemoteCall {
  readonly #id: number
  readonly #facts: CallFacts
  readonly #line: Line
  readonly #signal: AbortSignal

  constructor(id: number, facts: CallFacts, line: Line, signal: AbortSignal) {
    this.#id = id
    this.#facts = facts
    this.#line = line
    this.#signal = signal
  }

  own(): ToolCall {
    const [id, line, signal] = [this.#id, this.#line, this.#signal]
    const { run, ...facts } = this.#facts
    const call = {
      ...facts,
      [ID]: id,
      // Grants and folder are the host's to look at.
      grants: [],
      root: '.',
      signal,
      ...(run ? { run: this.#run(run) } : {}),
      async require(permission: string, target: string, more?: object) {
        await line.ask('require', id, permission, target, more)
      },
      progress: (...told: readonly unknown[]) => line.tell('progress', id, ...told),
      async emit(chunk: ToolChunk) {
        signal.throwIfAborted()
        if (facts.streamed || chunk.type === 'progress') await line.ask('emit', id, chunk)
      },
    }
    return call as ToolCall
  }

  #run(facts: NonNullable<CallFacts['run']>): RunFacts {
    const [id, line] = [this.#id, this.#line]
    return {
      ...facts,
      conceal: (value, label) => line.tell('conceal', id, value, label),
      cancel() {
        throw isolated('An isolated plugin cannot end a run')
      },
      share() {
        throw isolated('An isolated plugin cannot keep values in a run')
      },
    }
  }
}
