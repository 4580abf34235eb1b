import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AnthropicServer } from '../support/anthropic-server.ts'
import type { AnthropicReply } from '../support/anthropic-server.ts'
import { execute } from '../support/wire.ts'
import { Desk } from './desk.ts'

let server: AnthropicServer
let desk: Desk
beforeAll(async () => {
  server = await AnthropicServer.start()
  const models = { base_url: server.baseUrl, api_key: 'sk-lab' }
  desk = await Desk.open({ anthropic: models })
})
afterAll(async () => {
  await desk.close()
  await server.close()
})

const thinking = [{ text: 'I need both tools.', signature: 'c2lnbmVk' }]
const ASKS: AnthropicReply = {
  thinking,
  toolCalls: [
    { name: 'calculator', arguments: { expression: '17% of 3480' } },
    { name: 'file-read', arguments: { path: 'team.txt' } },
  ],
}
const MODEL = 'anthropic/claude-sonnet-4-6'
const SETTINGS = '{ thinking = { type = "enabled", budget_tokens = 2048 } }'

describe('an agent of a script', () => {
  test('thinks, calls its tools and answers', async () => {
    const usage = { input: 100, output: 50, cached: 40, thought: 20 }
    server.reset((index) => (index === 0 ? { ...ASKS, usage } : { text: 'It is 591.6.', usage }))
    expect(await desk.ask(MODEL, SETTINGS)).toBe('It is 591.6.')
    expect(server.requests).toHaveLength(2)
    expect(server.last).toMatchObject({
      headers: { 'x-api-key': 'sk-lab' },
      body: {
        model: 'claude-sonnet-4-6',
        stream: true,
        system: [{ text: 'Be brief.' }],
        thinking: { type: 'enabled', budget_tokens: 2048 },
        tools: [{ name: 'calculator' }, { name: 'file-read' }],
        messages: [
          { role: 'user', content: [{ type: 'text' }] },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'I need both tools.', signature: 'c2lnbmVk' },
              { type: 'tool_use', id: 'toolu_1', name: 'calculator' },
              { type: 'tool_use', id: 'toolu_2', input: { path: 'team.txt' } },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'toolu_1', content: '591.6' },
              { type: 'tool_result', tool_use_id: 'toolu_2' },
            ],
          },
        ],
      },
    })
  })

  test('is told by whom it was refused, and why', async () => {
    server.reset(() => ({ status: 401, error: { message: 'invalid x-api-key' } }))
    await expect(desk.ask(MODEL, SETTINGS)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      details: { provider: 'anthropic', kind: 'auth', status: 401, request_id: 'req_1' },
    })
  })
})

test('the command line finds address and key in the environment', async () => {
  server.reset(() => ({ text: 'Hello.' }))
  const env = { ANTHROPIC_BASE_URL: server.origin, ANTHROPIC_API_KEY: 'sk-from-env' }
  const code = 'return Agent.create{}:execute("Hi").text'
  const ended = await execute(env, code, '--model=anthropic/claude-haiku-5-5')
  expect(ended).toMatchObject({ code: 0, stdout: 'Hello.\n', stderr: '' })
  expect(server.last).toMatchObject({ path: '/v1/messages' })
  expect(server.last.headers).toMatchObject({ 'x-api-key': 'sk-from-env' })
})
