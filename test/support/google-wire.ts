// The answers of Google's Gemini API, written from the public reference:
// https://ai.google.dev/api/generate-content and https://ai.google.dev/gemini-api/docs/thought-signatures
import { callsOf, piecesOf } from './wire-answer.ts'
import type { Frame, Json, WireAnswer, WireCall } from './wire-answer.ts'

export interface GoogleCall extends WireCall {
  /** `thoughtSignature` of the part. */
  readonly signature?: string
}

export interface GoogleAnswer extends WireAnswer {
  readonly toolCalls?: readonly GoogleCall[]
  /** Summary of what was thought; comes before the text and the calls. */
  readonly thought?: { readonly text: string; readonly signature?: string }
  /** A picture or sound, base64. */
  readonly media?: { readonly mimeType: string; readonly data: string }
  /** The question was held back: there is no candidate. */
  readonly blocked?: string
  readonly finishMessage?: string
}

const DEFAULT_USAGE = { input: 7, output: 5 }

/** Thoughts are counted apart from the answer. */
function usageOf({ usage = DEFAULT_USAGE }: GoogleAnswer): Json {
  const { input, output, cached, thought = 0 } = usage
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - thought,
    totalTokenCount: input + output,
    ...(cached === undefined ? {} : { cachedContentTokenCount: cached }),
    ...(thought === 0 ? {} : { thoughtsTokenCount: thought }),
  }
}

const signed = (part: Json, signature: string | undefined): Json =>
  signature === undefined ? part : { ...part, thoughtSignature: signature }

const callPart = ({ name, arguments: args, id, signature }: GoogleCall, index: number): Json =>
  signed({ functionCall: { id: id ?? `fc-${index + 1}`, name, args } }, signature)

/** The parts of an answer, as they are streamed: one or more texts, then the rest. */
function partsOf(answer: GoogleAnswer): readonly Json[] {
  const { thought, media } = answer
  return [
    ...(thought ? [signed({ text: thought.text, thought: true }, thought.signature)] : []),
    ...piecesOf(answer.text).map((text) => ({ text })),
    ...(media ? [{ inlineData: media }] : []),
    ...callsOf(answer).map(callPart),
  ]
}

const head = (model: string): Json => ({ modelVersion: model, responseId: 'resp-1' })

function candidateOf(parts: readonly Json[], fields: Json = {}): Json {
  return { content: { role: 'model', parts }, index: 0, ...fields }
}

const endOf = ({ finish = 'STOP', finishMessage }: GoogleAnswer): Json => ({
  finishReason: finish,
  ...(finishMessage === undefined ? {} : { finishMessage }),
})

function blockedOf(answer: GoogleAnswer, model: string): Json {
  const promptFeedback = { blockReason: answer.blocked }
  return { promptFeedback, usageMetadata: { promptTokenCount: 7 }, ...head(model) }
}

const isText = (part: Json | undefined): part is { readonly text: string } =>
  part !== undefined && Object.keys(part).join() === 'text'

/** Texts that follow each other are one part. */
function joined(parts: readonly Json[]): readonly Json[] {
  return parts.reduce<Json[]>((list, part) => {
    const last = list.at(-1)
    if (!isText(last) || !isText(part)) return [...list, part]
    return [...list.slice(0, -1), { text: last.text + part.text }]
  }, [])
}

/** The answer as one JSON. */
export function contentOf(answer: GoogleAnswer, model: string): Json {
  if (answer.blocked) return blockedOf(answer, model)
  const candidate = candidateOf(joined(partsOf(answer)), endOf(answer))
  return { candidates: [candidate], usageMetadata: usageOf(answer), ...head(model) }
}

/** The answer as the events of a stream: each is a whole JSON of its own, the last one has the reason. */
export function eventsOf(answer: GoogleAnswer, model: string): readonly Frame[] {
  if (answer.blocked) return [{ data: JSON.stringify(blockedOf(answer, model)) }]
  const parts = partsOf(answer)
  const candidates = [
    ...parts.map((part) => candidateOf([part])),
    candidateOf([{ text: '' }], endOf(answer)),
  ]
  return candidates.map((candidate, index) => ({
    data: JSON.stringify({
      candidates: [candidate],
      usageMetadata: usageOf(answer),
      ...head(model),
    }),
    ...('text' in (parts[index] ?? {}) && !parts[index]!['thought'] ? { text: true as const } : {}),
  }))
}
