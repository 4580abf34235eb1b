import type { Schema } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anthropicProvider } from '../../plugins/provider-anthropic/src/provider.ts'
import { AnthropicServer } from '../support/anthropic-server.ts'
import type { AnthropicReply } from '../support/anthropic-server.ts'
import { openLanguageModels } from '../support/language-models.ts'
import { MODES, Probe, question, SUM, wordsOf } from './probe.ts'

let server: AnthropicServer
let lab: Probe<AnthropicReply>
beforeAll(async () => {
  server = await AnthropicServer.start()
  const model = { provider: 'anthropic', model: 'claude-opus-5' }
  lab = new Probe(anthropicProvider(openLanguageModels()), server, model)
})
afterAll(() => server.close())

const string = { type: 'string' }
const closed = (properties: object, more: object = {}): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
})

/** The format that was sent for a schema. */
async function sent(schema: Schema): Promise<unknown> {
  await lab.ask({ text: '{}' }, question({ schema }))
  const config = lab.body['output_config'] as { readonly format: object } | undefined
  return config?.format
}

describe('the schema of an answer', () => {
  test('is sent as it is where the server takes it', async () => {
    const schema = closed({ vendor: string, total: { type: 'number' } })
    expect(await sent(schema)).toEqual({ type: 'json_schema', schema })
  })

  test('keeps references; of one of several kinds any may match', async () => {
    const $defs = { Line: closed({ text: string }) }
    const oneOf = [{ $ref: '#/$defs/Line' }, string]
    const schema = closed({ lines: { type: 'array', items: { oneOf } } }, { $defs })
    expect(await sent(schema)).toMatchObject({
      schema: { $defs, properties: { lines: { items: { anyOf: oneOf } } } },
    })
  })

  test('says bounds in words, as the server refuses them', async () => {
    const total = { type: 'number', minimum: 1, maximum: 5 }
    expect(await sent(closed({ total, x: { ...string, 'x-permission': 'read' } }))).toMatchObject({
      schema: {
        properties: {
          total: { type: 'number', description: 'minimum: 1; maximum: 5.' },
          x: string,
        },
      },
    })
  })

  const open = { type: 'object', additionalProperties: string }
  const tree = closed(
    { root: { $ref: '#/$defs/Node' } },
    { $defs: { Node: closed({ next: { $ref: '#/$defs/Node' } }) } },
  )
  test.each([
    ['open', open],
    ['endless', tree],
  ])('that is %s is asked for as a call of a tool', async (_name, schema) => {
    expect(await sent(schema)).toBeUndefined()
    expect(lab.body).toMatchObject({
      tools: [{ name: 'json', input_schema: schema }],
      tool_choice: { type: 'any' },
    })
  })

  test.each(MODES)('as a call of a tool is an answer in text: %s', async (mode) => {
    const toolCalls = [{ name: 'json', arguments: { a: 'b' } }]
    const chunks = await lab.ask({ toolCalls }, question({ schema: open }), {}, mode)
    expect(JSON.parse(wordsOf(chunks))).toEqual({ a: 'b' })
    expect(chunks.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
  })
})

test('the schema of a tool is sent whole, without what is only ours', async () => {
  const input = closed(
    { path: { ...string, pattern: '^a', 'x-permission': 'read' }, any: { oneOf: [string, {}] } },
    { $defs: { A: string } },
  )
  await lab.ask({ text: 'Yes.' }, question({ tools: [{ ...SUM, input }] }))
  expect(lab.body).toMatchObject({
    tools: [
      {
        input_schema: {
          additionalProperties: false,
          properties: { path: { pattern: '^a' }, any: { oneOf: [string, {}] } },
          $defs: { A: string },
        },
      },
    ],
  })
  expect(JSON.stringify(lab.body)).not.toContain('x-permission')
})
