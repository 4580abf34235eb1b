/** A call of a tool as a model asks for it. */
export interface WireCall {
  readonly id?: string
  readonly name: string
  /** Text is sent as it is, so that it may be broken. */
  readonly arguments: string | object
}

/** What a model says, before it is put into one of the protocols. */
export interface WireAnswer {
  /** Streamed word by word, or piece by piece where it is an array. */
  readonly text?: string | readonly string[]
  readonly toolCalls?: readonly WireCall[]
  readonly usage?: WireUsage
  /** Instead of the reason that the protocol gives for such an answer. */
  readonly finish?: string
}

export interface WireUsage {
  readonly input: number
  readonly output: number
  /** Of the input, what was kept from an earlier question. */
  readonly cached?: number
  /** Of the output, what was thought. */
  readonly thought?: number
}

/** Part of an SSE stream. `text` marks what carries a piece of the answer. */
export interface Frame {
  readonly data: string
  readonly event?: string
  readonly text?: true
}

export type Json = Readonly<Record<string, unknown>>

export const piecesOf = (text: WireAnswer['text'] = ''): readonly string[] =>
  typeof text === 'string' ? (text.match(/\s*\S+/g) ?? []) : text

export const wholeOf = (text: WireAnswer['text'] = ''): string =>
  typeof text === 'string' ? text : text.join('')

export const argumentsOf = (call: WireCall): string =>
  typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments)

export const callsOf = (answer: WireAnswer): readonly WireCall[] => answer.toolCalls ?? []
