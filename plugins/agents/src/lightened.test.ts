import type { Message } from '@llmspell/sdk'
import { expect, it } from 'vitest'
import { lightened } from './lightened.ts'
import { toScript } from './messages.ts'
import { withHandle } from './media-input.ts'

const ref = { $llmspell: 'handle', type: 'Media', id: 'media_1', fields: {} } as const
const picture = (bytes: number): Message => ({
  role: 'user',
  content: [
    { type: 'text', text: 'Look' },
    withHandle(
      { type: 'file', mime: 'image/png', name: 'a.png', data: new Uint8Array(bytes) },
      ref,
    ),
  ],
})

it('keeps the latest media of a conversation, and the handles of all', () => {
  const messages = [picture(60), picture(30), picture(40)]
  const kept = lightened(messages, 80)
  expect(kept.map(({ content }) => content[1]!.type)).toEqual(['text', 'file', 'file'])
  expect(kept[0]!.content[1]).toEqual({
    type: 'text',
    text: "[image/png 'a.png', no longer remembered]",
  })
  expect(toScript(kept[0]!)).toMatchObject({ content: [{}, { type: 'media', media: ref }] })
  expect(lightened(messages, 200)).toBe(messages)
})
