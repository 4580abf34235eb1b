import type { ModelChunk, ModelSettings } from '@llmspell/sdk'
import type { StreamEvent } from './events.ts'
import { complained, malformed, type Complaint } from './failures.ts'

interface Data {
  readonly text?: string
  readonly name?: string
  readonly id?: string
  readonly json?: string
  readonly reason?: 'stop' | 'length' | 'tool_calls'
  readonly tokens?: {
    readonly in: number
    readonly out: number
    readonly kept?: number
    readonly thought?: number
  }
}

/** Events of one answer as chunks. The arguments of a call come in pieces, and are a call once it is closed. */
export class Chunks {
  readonly #model: ModelSettings
  readonly #calls = new Map<string, { readonly name: string; json: string }>()

  constructor(model: ModelSettings) {
    this.#model = model
  }

  of({ name, data }: StreamEvent): ModelChunk | undefined {
    const { text = '', id = '', json = '' } = data as Data
    if (name === 'line') return { type: 'text', text }
    if (name === 'thought') return { type: 'reasoning', text }
    if (name === 'error') throw complained(this.#model, data as Complaint)
    if (name === 'end') return finish(data)
    if (name === 'call.open') return this.#opened(id, data)
    if (name === 'call.piece') return this.#piece(id, json)
    if (name === 'call.close') return this.#closed(id)
    // What the service adds one day is not ours to judge.
    return undefined
  }

  #opened(id: string, { name }: Data): undefined {
    if (id === '' || name === undefined) throw malformed(this.#model, 'a call without id or name')
    this.#calls.set(id, { name, json: '' })
  }

  #piece(id: string, json: string): undefined {
    this.#call(id).json += json
  }

  #closed(id: string): ModelChunk {
    const { name, json } = this.#call(id)
    this.#calls.delete(id)
    try {
      return { type: 'tool_call', id, name, input: JSON.parse(json) as never }
    } catch (error) {
      return { type: 'tool_call_invalid', id, name, raw: json, problem: (error as Error).message }
    }
  }

  #call(id: string): { readonly name: string; json: string } {
    const call = this.#calls.get(id)
    if (!call) throw malformed(this.#model, `a piece of the call '${id}', which was not opened`)
    return call
  }
}

function finish({ reason = 'stop', tokens = { in: 0, out: 0 } }: Data): ModelChunk {
  const { in: inputTokens, out: outputTokens, kept, thought } = tokens
  const more = {
    ...(kept === undefined ? {} : { cachedTokens: kept }),
    ...(thought === undefined ? {} : { reasoningTokens: thought }),
  }
  return { type: 'finish', reason, usage: { inputTokens, outputTokens, ...more } }
}
