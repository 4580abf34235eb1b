import { SpellError } from '@llmspell/sdk'
import type { HttpResponse, ToolCall, Value } from '@llmspell/sdk'
import { decoderOf, type BodyDecoder } from './decoder.ts'
import type { HttpRequestInput } from './generated/input.ts'
import type { HttpRequestResult } from './generated/output.ts'
import { kindOf } from './sniff.ts'

type Result = Omit<HttpRequestResult, 'json'> & { readonly json?: Value }

/** Reads the body as it is wanted. A reader of a stream gets it piece by piece, and nothing is kept. */
export async function readAnswer(
  response: HttpResponse,
  { response: wanted, method }: HttpRequestInput,
  call: ToolCall,
): Promise<Result> {
  const { status, url, headers, redirects } = response
  const ok = status >= 200 && status < 300
  const facts = { status, ok, url, headers: { ...headers }, redirects: [...redirects] }
  if (method === 'HEAD') return { ...facts, encoding: 'text', bytes: 0 }
  const taken = await take(response, wanted, call)
  if (call.streamed) return { ...facts, encoding: taken.encoding, bytes: taken.bytes }
  return { ...facts, bytes: taken.bytes, ...contentOf(taken, wanted, { ok, url }) }
}

interface Taken {
  readonly encoding: 'text' | 'base64'
  readonly bytes: number
  readonly text: string
  readonly json: boolean
}

async function take(
  response: HttpResponse,
  wanted: HttpRequestInput['response'],
  call: ToolCall,
): Promise<Taken> {
  const type = response.headers['content-type']
  let decoder: BodyDecoder | undefined
  let kind = kindOf(wanted, type, new Uint8Array())
  let [bytes, text] = [0, '']
  const add = async (piece: string): Promise<void> => {
    if (piece === '') return
    if (call.streamed) await call.emit({ type: 'text', text: piece })
    else text += piece
  }
  for await (const piece of response.body) {
    if (!decoder) {
      kind = kindOf(wanted, type, piece)
      if (kind.binary && wanted !== 'auto' && wanted !== 'base64') throw binary(response.url)
      decoder = decoderOf(kind.encoding, type, piece)
    }
    bytes += piece.byteLength
    await add(decoder.push(piece))
  }
  if (decoder) await add(decoder.end())
  return { encoding: kind.encoding, bytes, text, json: kind.json }
}

function contentOf(
  taken: Taken,
  wanted: HttpRequestInput['response'],
  { ok, url }: { readonly ok: boolean; readonly url: string },
): Pick<Result, 'encoding' | 'body' | 'json'> {
  const plain = { encoding: taken.encoding, body: taken.text }
  if (!taken.json) return plain
  try {
    return { encoding: 'json', json: JSON.parse(taken.text) as Value }
  } catch {
    // A page that says why it failed is more than the news that it is no JSON.
    if (wanted === 'json' && ok) throw notJson(url)
    return plain
  }
}

function notJson(url: string): SpellError {
  const text = `The answer of '${hostOf(url)}' is no JSON.`
  return new SpellError('HTTP_NOT_JSON', text, { hint: "Ask for it with response 'text'." })
}

function binary(url: string): SpellError {
  const text = `The answer of '${hostOf(url)}' is no text: it has bytes that no text has.`
  return new SpellError('HTTP_BINARY', text, { hint: "Ask for it with response 'base64'." })
}

function hostOf(url: string): string {
  return new URL(url).hostname
}
