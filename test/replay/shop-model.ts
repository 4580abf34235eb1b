import type { ServerReply } from '../support/openai-server.ts'
import type { Json } from '../support/wire-answer.ts'

interface Said {
  readonly role: string
  readonly content: unknown
}

const ANSWERS: readonly (readonly [RegExp, ServerReply])[] = [
  [/How much is a (\w+)/, { text: '' }],
  [/Good morning/, { text: 'Good morning! How can I help you?' }],
  [
    /About lamps/,
    { text: 'Warm light on the desk\nthe moth has read half a page\nand forgets the rest' },
  ],
  [/About rain/, { text: 'Rain, all of it.' }],
  [/About kettles/, { text: 'Kettles, all of them.' }],
  [
    /About money/,
    {
      status: 429,
      error: {
        message: 'You exceeded your current quota.',
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      },
    },
  ],
]

/** Stands for the model that the example's cassettes were recorded from: the same answer to the same question. */
export function shopModel(_index: number, body: Json): ServerReply {
  const said = (body['messages'] ?? body['input']) as readonly Said[]
  const text = JSON.stringify(said)
  const question = JSON.stringify(said.findLast(({ role }) => role === 'user'))
  const item = /How much is a (\w+)/.exec(question)?.[1]
  if (item !== undefined) return priced(item, text)
  return ANSWERS.find(([pattern]) => pattern.test(question))![1]
}

function priced(item: string, said: string): ServerReply {
  if (!said.includes('call_')) return { toolCalls: [{ name: 'price', arguments: { item } }] }
  return { text: item === 'lamp' ? 'A lamp costs 12.50 euros.' : `We do not sell a ${item}.` }
}
