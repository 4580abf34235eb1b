import { SpellError } from '@llmspell/sdk'
import type { Message, MessagePart, ModelSettings } from '@llmspell/sdk'
import type { Fields } from './wire.ts'

type Part<T extends MessagePart['type']> = Extract<MessagePart, { readonly type: T }>

/** A conversation in the words of the native protocol. @throws MODEL_LACKS_CAPABILITY */
export function messagesOf(messages: readonly Message[], model: ModelSettings): readonly Fields[] {
  return messages.flatMap((message) => {
    if (message.role === 'tool') return partsOf(message, 'tool_result').map(resultOf)
    return [messageOf(message, model)]
  })
}

function messageOf(message: Message, model: ModelSettings): Fields {
  const files = partsOf(message, 'file')
  const images = files.filter(({ mime }) => !isText(mime)).map((file) => imageOf(file, model))
  const texts = message.content.flatMap((part) => {
    if (part.type === 'text') return [part.text]
    return part.type === 'file' && isText(part.mime) ? [decoded(part.data)] : []
  })
  const thinking = partsOf(message, 'reasoning')
  const calls = partsOf(message, 'tool_call')
  return {
    role: message.role,
    content: texts.join('\n'),
    ...(images.length > 0 ? { images } : {}),
    ...(thinking.length > 0 ? { thinking: thinking.map(({ text }) => text).join('') } : {}),
    ...(calls.length > 0 ? { tool_calls: calls.map(callOf) } : {}),
  }
}

function partsOf<T extends MessagePart['type']>({ content }: Message, type: T): readonly Part<T>[] {
  return content.filter((part): part is Part<T> => part.type === type)
}

function callOf({ id, name, input }: Part<'tool_call'>, index: number): Fields {
  return { id, type: 'function', function: { index, name, arguments: input } }
}

function resultOf({ id, name, text }: Part<'tool_result'>): Fields {
  return { role: 'tool', tool_name: name, tool_call_id: id, content: text }
}

const isText = (mime: string): boolean => mime.startsWith('text/')

const DATA_URL = /^data:[^,]*,/

function imageOf({ mime, data }: Part<'file'>, model: ModelSettings): string {
  if (!mime.startsWith('image/')) throw lacks(model, `'${mime}'`, 'Send images or text.')
  if (typeof data !== 'string') return Buffer.from(data).toString('base64')
  if (!/^https?:\/\//.test(data)) return data.replace(DATA_URL, '')
  throw lacks(model, 'an image by its address', 'Send its bytes.')
}

function decoded(data: Uint8Array | string): string {
  return typeof data === 'string'
    ? Buffer.from(data.replace(DATA_URL, ''), 'base64').toString()
    : new TextDecoder().decode(data)
}

function lacks({ provider, model }: ModelSettings, what: string, hint: string): SpellError {
  const id = `${provider}/${model}`
  return new SpellError('MODEL_LACKS_CAPABILITY', `Model '${id}' does not take ${what}.`, {
    hint,
    details: { model: id },
  })
}
