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
  alive?: () => void,
): AsyncGenerator<ModelChunk> {
  const mender = new Mender(request)
  for await (const chunk of chunks) {
    const read = mender.read(chunk)
    if (read.length === 0) alive?.()
    yield* read
  }
}

/**
 * Mends calls of tools where there is one way to read them, and reports the others. A call is never given arguments
 * that the model did not write.
 */
class Mender {
  readonly #tools: readonly ModelTool[]
  /** False: JSON is what was asked for. */
  readonly #bare: boolean
  readonly #gate: TextGate
  /** Beginning of the ids of written calls: of its own in each answer of a conversation. */
  readonly #ids: string
  #calls = 0
  #written = 0

  constructor({ tools = [], schema, messages }: ModelRequest) {
    this.#tools = tools
    this.#bare = schema === undefined
    this.#gate = new TextGate(this.#bare)
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
    const { held, isProse } = this.#gate
    const pieces = this.#calls > 0 || isProse ? undefined : this.#pieces(held)
    return pieces ? pieces.map((piece) => this.#chunk(piece)) : asText(held)
  }

  #pieces(held: string): readonly WrittenPiece[] | undefined {
    const tagged = taggedIn(held, this.#tools)
    if (tagged || !this.#bare) return tagged
    return callsIn(held, this.#tools)?.map((call) => ({ call }))
  }

  #chunk(piece: WrittenPiece): ModelChunk {
    this.#written += 1
    const id = `${this.#ids}_${this.#written}`
    if ('call' in piece) return { type: 'tool_call', id, ...piece.call }
    const [, name = 'unknown'] =
      /"(?:name|tool|tool_name)"\s{0,64}:\s{0,64}"([\w.-]{1,128})"/.exec(piece.broken) ?? []
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
