import { isFields, parsed } from './json.ts'

/** Some servers send the arguments of a call as an object, where the protocol wants the text of one. */
const AS_OBJECT = /"arguments"\s*:\s*[{[n]/

/** The answer with the arguments of its calls as text. */
export async function withTexts(response: Response, stream: boolean): Promise<Response> {
  if (!response.ok || !response.body) return response
  const { status, statusText, headers } = response
  const body = stream ? response.body.pipeThrough(lines()) : mendedBody(await response.text())
  return new Response(body, { status, statusText, headers })
}

/** Pieces of a stream by whole lines, each mended. */
function lines(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  // The line so far is not searched again with each piece of it.
  let rest = ''
  return new TransformStream({
    transform(bytes, to) {
      const piece = decoder.decode(bytes, { stream: true })
      const end = piece.lastIndexOf('\n') + 1
      const text = end > 0 ? rest + piece.slice(0, end) : ''
      rest = end > 0 ? piece.slice(end) : rest + piece
      if (end > 0) to.enqueue(encoder.encode(text.replaceAll(/[^\n]+/g, mendedLine)))
    },
    flush(to) {
      if (rest !== '') to.enqueue(encoder.encode(mendedLine(rest)))
    },
  })
}

const DATA = 'data:'

function mendedLine(line: string): string {
  return line.startsWith(DATA) ? DATA + mendedBody(line.slice(DATA.length)) : line
}

function mendedBody(text: string): string {
  if (!AS_OBJECT.test(text)) return text
  const value = parsed(text)
  if (!isFields(value) || !Array.isArray(value['choices'])) return text
  for (const choice of value['choices'] as readonly unknown[]) mendChoice(choice)
  return JSON.stringify(value)
}

function mendChoice(choice: unknown): void {
  if (!isFields(choice)) return
  const said = choice['message'] ?? choice['delta']
  const calls: unknown = isFields(said) ? said['tool_calls'] : undefined
  for (const call of Array.isArray(calls) ? (calls as readonly unknown[]) : []) {
    const fn = isFields(call)
      ? (call['function'] as { arguments?: unknown } | undefined)
      : undefined
    if (!isFields(fn)) continue
    const given: unknown = fn['arguments']
    if (given === null) Object.assign(fn, { arguments: '' })
    else if (typeof given === 'object') Object.assign(fn, { arguments: JSON.stringify(given) })
  }
}
