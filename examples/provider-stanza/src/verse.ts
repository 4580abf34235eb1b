import type { Message, MessagePart, ModelRequest, ModelSettings } from '@llmspell/sdk'

/** A question in the words of the service. */
export function verseOf(model: ModelSettings, request: ModelRequest): object {
  const { messages, tools, toolChoice, temperature, topP, seed, stop, maxTokens, schema } = request
  return {
    poet: model.model,
    turns: messages.map(turnOf),
    ...(tools && {
      tools: tools.map(({ name, description, input }) => ({ name, description, input })),
    }),
    ...(toolChoice !== undefined && { choose: toolChoice }),
    heat: temperature,
    nucleus: topP,
    seed,
    stop,
    longest: maxTokens,
    shape: schema,
    ...model.settings,
  }
}

const turnOf = ({ role, content }: Message): object => ({ who: role, parts: content.map(partOf) })

function partOf(part: MessagePart): object {
  if (part.type !== 'file') return part
  const { mime, data, name } = part
  const base64 = typeof data === 'string' ? data : Buffer.from(data).toString('base64')
  return { type: 'file', mime, name, data: base64 }
}
