import type { ModelChunk, ModelRequest, ModelTool } from '@llmspell/sdk'
import { LOST } from '../tool-call.ts'
import { TextGate } from './gate.ts'
import { mendedObject } from './json.ts'
import { callsIn, taggedIn } from './written.ts'
import type { WrittenPiece } from './written.ts'

/** An answer with its calls mended. */
export function mended(
  chunks: readonly ModelChunk[],
  request: ModelRequest,
): readonly ModelChunk[] {
  const mender = new Mender(request)
  return chunks.flatMap((chunk) => mender.read(chunk))
}

/** A stream with its calls mended. Text that may be a call is held back until that is known. */
export async function* mendedStream(
  chunks: AsyncIterable<ModelChunk>,
  request: ModelRequest,
): AsyncGenerator<ModelChunk> {
  const mender = new Mender(request)
  for await (const chunk of chunks) yield* mender.read(chunk)
}

/**
 * Mends calls of tools where there is one way to read them, and reports the others. A call is never given arguments
 * that the model did not write.
 */
class Mender {
  readonly #tools: readonly ModelTool[]
  readonly #gate: TextGate
  /** Beginning of the ids of written calls: of its own in each answer of a conversation. */
  readonly #ids: string
  #calls = 0
  #written = 0

  constructor({ tools = [], schema, messages }: ModelRequest) {
    this.#tools = tools
    this.#gate = new TextGate(schema === undefined)
    this.#ids = `written_${messages.length}`
  }

  read(chunk: ModelChunk): readonly ModelChunk[] {
    if (this.#tools.length === 0) return [chunk]
    switch (chunk.type) {
      case 'text':
        return asText(this.#gate.push(chunk.text))
      case 'tool_call':
        this.#calls += 1
        return [chunk]
      case 'tool_call_invalid':
        if (chunk === LOST) return this.#found()
        this.#calls += 1
        return [callAgain(chunk)]
      case 'finish': {
        const held = this.#held()
        const reason = this.#written > 0 && chunk.reason === 'stop' ? 'tool_calls' : chunk.reason
        return [...held, { ...chunk, reason }]
      }
      default:
        return [chunk]
    }
  }

  /** The call that was lost may stand in the text. */
  #found(): readonly ModelChunk[] {
    const held = this.#held()
    this.#gate.held = ''
    return this.#written > 0 ? held : [...held, LOST]
  }

  /** Beside real calls, what looks like one is text. */
  #held(): readonly ModelChunk[] {
    const { held, tagged } = this.#gate
    if (this.#calls > 0) return asText(held)
    if (tagged) return taggedIn(held, this.#tools).map((piece) => this.#chunk(piece))
    const calls = held === '' ? undefined : callsIn(held, this.#tools)
    return calls ? calls.map((call) => this.#chunk({ call })) : asText(held)
  }

  #chunk(piece: WrittenPiece): ModelChunk {
    if ('text' in piece) return { type: 'text', text: piece.text }
    this.#written += 1
    const id = `${this.#ids}_${this.#written}`
    if ('call' in piece) return { type: 'tool_call', id, ...piece.call }
    const [, name = 'unknown'] =
      /"(?:name|tool|tool_name)"\s*:\s*"([\w.-]+)"/.exec(piece.broken) ?? []
    const problem = 'expected the name of an offered tool and a JSON object of arguments'
    return { type: 'tool_call_invalid', id, name, raw: piece.broken, problem }
  }
}

function asText(text: string): readonly ModelChunk[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function callAgain(chunk: Extract<ModelChunk, { readonly type: 'tool_call_invalid' }>): ModelChunk {
  const input = mendedObject(chunk.raw)
  return input === undefined ? chunk : { type: 'tool_call', id: chunk.id, name: chunk.name, input }
}
