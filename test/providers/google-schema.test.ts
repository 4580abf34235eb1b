import type { Schema } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { googleProvider } from '../../plugins/provider-google/src/provider.ts'
import { GoogleServer } from '../support/google-server.ts'
import type { GoogleReply } from '../support/google-server.ts'
import { openLanguageModels } from '../support/language-models.ts'
import { MODES, Probe, question, SUM, wordsOf } from './probe.ts'

let server: GoogleServer
let lab: Probe<GoogleReply>
beforeAll(async () => {
  server = await GoogleServer.start()
  const model = { provider: 'google', model: 'gemini-3.8-flash' }
  lab = new Probe(googleProvider(openLanguageModels()), server, model)
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

/** The schema that was sent for a schema. */
async function sent(schema: Schema): Promise<unknown> {
  await lab.ask({ text: '{}' }, question({ schema }))
  const config = lab.body['generationConfig'] as {
    readonly responseMimeType: string
    readonly responseJsonSchema: unknown
  }
  expect(config.responseMimeType).toBe('application/json')
  return config.responseJsonSchema
}

describe('the schema of an answer', () => {
  test('is sent as it is, with bounds, references and kinds', async () => {
    const $defs = { Line: closed({ text: string, next: { $ref: '#/$defs/Line' } }) }
    const schema = closed(
      {
        total: { type: 'number', minimum: 1, maximum: 5 },
        lines: { type: 'array', items: { oneOf: [{ $ref: '#/$defs/Line' }, string] }, minItems: 1 },
        any: { anyOf: [string, { type: 'null' }] },
        map: { type: 'object', additionalProperties: string },
      },
      { $defs },
    )
    expect(await sent(schema)).toEqual(schema)
  })

  test('says a fixed value as the one of a list', async () => {
    expect(await sent(closed({ kind: { const: 'a' } }))).toEqual(closed({ kind: { enum: ['a'] } }))
  })

  test('stands beside tools; an older model is asked for it as a call of a tool', async () => {
    const schema = closed({ total: { type: 'number' } })
    const asked = question({ schema, tools: [SUM] })
    await lab.ask({ text: '{}' }, asked)
    expect(lab.body).toMatchObject({
      generationConfig: { responseJsonSchema: schema },
      tools: [{ functionDeclarations: [{ name: 'sum' }] }],
    })
    await lab.ask({ text: '{}' }, asked, { model: 'gemini-2.5-flash-lite' })
    expect(lab.body).toMatchObject({
      tools: [{ functionDeclarations: [{ name: 'sum' }, { name: 'json' }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    })
    expect(lab.body['generationConfig']).not.toHaveProperty('responseJsonSchema')
  })

  test.each(MODES)('as a call of a tool is an answer in text: %s', async (mode) => {
    const asked = question({ schema: closed({ a: string }), tools: [SUM] })
    const toolCalls = [{ name: 'json', arguments: { a: 'b' } }]
    const old = { model: 'gemini-2.5-flash-lite' }
    const chunks = await lab.ask({ toolCalls }, asked, old, mode)
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
  const path = { ...string, pattern: '^a' }
  const properties = { path, any: { oneOf: [string, {}] } }
  expect(lab.body).toMatchObject({
    tools: [{ functionDeclarations: [{ parametersJsonSchema: { ...input, properties } }] }],
  })
  expect(JSON.stringify(lab.body)).not.toContain('x-permission')
})
