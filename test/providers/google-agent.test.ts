import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GoogleServer } from '../support/google-server.ts'
import type { GoogleReply } from '../support/google-server.ts'
import { execute } from '../support/wire.ts'
import { Desk } from './desk.ts'

let server: GoogleServer
let desk: Desk
beforeAll(async () => {
  server = await GoogleServer.start()
  desk = await Desk.open({ google: { base_url: server.baseUrl, api_key: 'sk-lab' } })
})
afterAll(async () => {
  await desk.close()
  await server.close()
})

const ASKS: GoogleReply = {
  thought: { text: 'I need both tools.' },
  toolCalls: [
    { name: 'calculator', arguments: { expression: '17% of 3480' }, signature: 'c2lnbmVk' },
    { name: 'file-read', arguments: { path: 'team.txt' } },
  ],
}
const MODEL = 'google/gemini-3.8-flash'
const SETTINGS = '{ generationConfig = { thinkingConfig = { includeThoughts = true } } }'

describe('an agent of a script', () => {
  test('thinks, calls its tools and answers', async () => {
    server.reset((index) => (index === 0 ? ASKS : { text: 'It is 591.6.' }))
    expect(await desk.ask(MODEL, SETTINGS)).toBe('It is 591.6.')
    expect(server.requests).toHaveLength(2)
    const args = { expression: '17% of 3480' }
    expect(server.last).toMatchObject({
      path: '/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse',
      headers: { 'x-goog-api-key': 'sk-lab' },
      body: {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        generationConfig: { thinkingConfig: { includeThoughts: true } },
        tools: [{ functionDeclarations: [{ name: 'calculator' }, { name: 'file-read' }] }],
        contents: [
          { role: 'user' },
          {
            role: 'model',
            parts: [
              { functionCall: { name: 'calculator', args }, thoughtSignature: 'c2lnbmVk' },
              { functionCall: { name: 'file-read', args: { path: 'team.txt' } } },
            ],
          },
          {
            role: 'user',
            parts: [
              { functionResponse: { name: 'calculator', response: { content: '591.6' } } },
              { functionResponse: { name: 'file-read' } },
            ],
          },
        ],
      },
    })
  })

  test('is told that its question was held back', async () => {
    server.reset(() => ({ blocked: 'PROHIBITED_CONTENT' }))
    await expect(desk.ask(MODEL, SETTINGS)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      details: { provider: 'google', kind: 'safety', provider_code: 'PROHIBITED_CONTENT' },
    })
  })
})

test('the command line finds address and key in the environment', async () => {
  server.reset(() => ({ text: 'Hello.' }))
  const env = {
    GOOGLE_GENERATIVE_AI_BASE_URL: server.origin,
    GOOGLE_GENERATIVE_AI_API_KEY: 'sk-from-env',
  }
  const code = 'return Agent.create{}:execute("Hi").text'
  const ended = await execute(env, code, '--model=google/gemini-3.8-flash')
  expect(ended).toMatchObject({ code: 0, stdout: 'Hello.\n', stderr: '' })
  expect(server.last).toMatchObject({
    path: '/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse',
  })
  expect(server.last.headers).toMatchObject({ 'x-goog-api-key': 'sk-from-env' })
})
