import { readdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../plugins/provider-replay/src/bytes.ts'
import type { Interaction, TapedResponse } from '../../plugins/provider-replay/src/cassette.ts'
import type { JsonTable } from '../../plugins/provider-replay/src/json.ts'
import { SecretScan } from '../../plugins/provider-replay/src/secrets.ts'
import { Redactor } from '../../plugins/script-runtime/src/redact/redactor.ts'
import type { House } from '../support/kernel.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import { play, replayHouse, Shelf } from './play.ts'

const KEY = '%1234-key-of-the-secrets-test'
const CANARY = 'lantern-canary-4711'

let server: OpenAIServer
let house: House
beforeAll(async () => {
  process.env['REPLAY_TEST_KEY'] = KEY
  server = await OpenAIServer.start()
  house = await replayHouse(server.baseUrl)
})
afterAll(async () => {
  delete process.env['REPLAY_TEST_KEY']
  await house.kernel.stop()
  await server.close()
})

const ask = (text: string): { source: string; file: string; args: string[] } => ({
  source: `print(Agent.create{ model = "openai/gpt-4o-mini", max_tokens = 50 }:execute(ARGS[1]).text)`,
  file: 'ask.lua',
  args: [text],
})

const SHAPES: readonly (readonly [string, string])[] = [
  ['a key of OpenAI', `sk-${'aB3'.repeat(8)}`],
  ['a project key', `sk-proj-${'aB3_'.repeat(8)}`],
  ['a key of Anthropic', `sk-ant-api03-${'x9Y-'.repeat(10)}`],
  ['a key of Google', `AIza${'Sy4'.repeat(12)}`],
  ['a token of GitHub', `ghp_${'a1B2'.repeat(9)}`],
  ['a fine token of GitHub', `github_pat_${'a1B2'.repeat(9)}`],
  ['a header', `Authorization: Bearer ${'abc123'.repeat(4)}`],
  ['a bearer token', `bearer ${'abc123'.repeat(4)}`],
  ['a key of AWS', 'AKIAIOSFODNN7EXAMPLE'],
  ['a token of Slack', `xoxb-${'123456789-'.repeat(2)}abc`],
  ['a web token', `eyJ${'hbGciOi'.repeat(3)}.eyJ${'zdWIiOi'.repeat(3)}.sig`],
  ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----'],
]

test('a secret setting is found however deep it stands', () => {
  const scan = new SecretScan(undefined)
  const settings = { extra: { list: [{ 'x-api-key': 'hunter2 hunter2' }] } }
  const request = { call: 'stream', settings } as never
  expect(() => scan.request(request, 'interactions[0]')).toThrow(
    expect.objectContaining({
      code: 'CASSETTE_SECRET',
      details: { path: 'interactions[0].request.settings.extra.list[0].x-api-key' },
    }),
  )
})

describe('nothing is written where the cassette would hold', () => {
  test.each(SHAPES)('%s in a request', async (_, text) => {
    using shelf = new Shelf()
    const before = server.requests.length
    const { failure, refused } = await play(
      house,
      { file: shelf.at('a.json'), mode: 'record' },
      ask(`Use ${text} please.`),
    )
    const place = 'interactions[0].request.messages[0].content[0].text'
    expect(failure).toMatchObject({ code: 'CASSETTE_SECRET', details: { path: place } })
    expect(refused).toMatchObject({ code: 'CASSETTE_SECRET' })
    expect(JSON.stringify([failure, refused])).not.toContain(text.slice(0, 24))
    expect(readdirSync(shelf.path)).toEqual([])
    expect(server.requests).toHaveLength(before)
  })

  test.each(SHAPES)('%s in an answer, cut into chunks', async (_, text) => {
    using shelf = new Shelf()
    const half = Math.floor(text.length / 2)
    server.reset(() => ({ text: ['Take ', text.slice(0, half), text.slice(half), ' now'] }))
    const file = shelf.at('a.json')
    const { failure } = await play(house, { file, mode: 'record' }, ask('Which one?'))
    expect(failure).toMatchObject({
      code: 'CASSETTE_SECRET',
      details: { path: expect.stringMatching(/^interactions\[0\]\.response\.chunks/) },
    })
    expect(readdirSync(shelf.path)).toEqual([])
  })

  const FORMS = {
    'as it is': CANARY,
    'in base64': Buffer.from(`x ${CANARY} y`).toString('base64'),
    'in JSON': JSON.stringify({ text: CANARY }),
    'in hex': Buffer.from(CANARY).toString('hex'),
  }

  test.each(Object.entries(FORMS))(
    'a value of the run %s, also where the script goes on',
    async (_, form) => {
      using shelf = new Shelf()
      process.env['REPLAY_CANARY'] = CANARY
      writeFileSync(shelf.at('a.json'), 'the one before')
      server.reset(() => ({ text: ['It is ', form.slice(0, 5), form.slice(5)] }))
      const script = {
        source: `
        local agent = Agent.create{ model = "openai/gpt-4o-mini", api_key = "env:REPLAY_CANARY" }
        print(pcall(agent.execute, agent, "Which one?"))`,
        file: 'ask.lua',
        allow: { env: ['REPLAY_CANARY'] },
      }
      const played = await play(house, { file: shelf.at('a.json'), mode: 'record' }, script)
      delete process.env['REPLAY_CANARY']
      expect(played).toMatchObject({ refused: { code: 'CASSETTE_SECRET' }, usage: {} })
      expect(JSON.stringify(played)).not.toContain(CANARY)
      expect(readdirSync(shelf.path)).toEqual(['a.json'])
      expect(shelf.read('a.json')).toBe('the one before')
    },
  )

  test('a value that is known to be secret only later', async () => {
    using shelf = new Shelf()
    process.env['REPLAY_CANARY'] = CANARY
    server.reset(() => ({ text: 'Fine.' }))
    const script = {
      source: `
        Agent.create{ model = "openai/gpt-4o-mini" }:execute("Keep " .. ARGS[1])
        Agent.create{ model = "openai/gpt-4o-mini", api_key = "env:REPLAY_CANARY" }:execute("Now.")`,
      file: 'late.lua',
      args: [CANARY],
      allow: { env: ['REPLAY_CANARY'] },
    }
    const { failure, refused } = await play(
      house,
      { file: shelf.at('a.json'), mode: 'record' },
      script,
    )
    delete process.env['REPLAY_CANARY']
    expect(failure).toBeUndefined()
    expect(refused).toMatchObject({
      code: 'CASSETTE_SECRET',
      details: { path: 'interactions[0].request.messages[0].content[0].text' },
    })
    expect(readdirSync(shelf.path)).toEqual([])
  })

  test('a secret setting', async () => {
    using shelf = new Shelf()
    const script = {
      source: `Agent.create{ model = { model = "openai/gpt-4o-mini", settings = { my_password = "hunter2" } } }:execute("Hi")`,
      file: 'ask.lua',
    }
    const { failure } = await play(house, { file: shelf.at('a.json'), mode: 'record' }, script)
    expect(failure).toMatchObject({
      code: 'CASSETTE_SECRET',
      details: { path: 'interactions[0].request.settings.my_password' },
    })
  })
})

test('a failure that repeats the key is kept without it', async () => {
  using shelf = new Shelf()
  const file = shelf.at('a.json')
  server.reset(() => ({ status: 401, error: { message: `Wrong key: ${KEY}` } }))
  const recorded = await play(house, { file, mode: 'record' }, ask('Hi'))
  expect(recorded.failure).toMatchObject({ message: expect.stringContaining('Wrong key: ***') })
  expect(recorded.refused).toBeUndefined()
  expect(shelf.read('a.json')).not.toContain(KEY)
  const replayed = await play(house, { file, mode: 'replay' }, ask('Hi'))
  // Where the key came from is told by the house that has it.
  const { hint = '', ...rest } = recorded.failure!
  expect(replayed.failure).toMatchObject({ ...rest, hint: hint.replace(/ It came from .*/, '') })
})

test('of a thousand canaries in all places and forms none passes', () => {
  const values = Array.from(
    { length: 1000 },
    (_, i) => `canary-${i}-${sha256(Buffer.from(`${i}`)).slice(0, 12)}`,
  )
  const redactor = new Redactor()
  for (const [i, value] of values.entries()) redactor.conceal(value, `secret:${i}`)
  const scan = new SecretScan({ redact: (value) => redactor.value(value) })
  const refusals = values.map((value, i) =>
    refusalOf(() => scan.all([interactionWith(formed(value, i), i)])),
  )
  expect(refusals.filter((text) => !text.includes('nothing is written'))).toEqual([])
  expect(refusals.filter((text, i) => text.includes(values[i]!))).toEqual([])
  expect(() => scan.all([interactionWith('nothing', 0)])).not.toThrow()
})

function refusalOf(act: () => void): string {
  try {
    act()
    return ''
  } catch (error) {
    return String(error)
  }
}

function formed(value: string, i: number): string {
  const bytes = Buffer.from(`${'x'.repeat(i % 3)}${value}`)
  const forms = [
    value,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    JSON.stringify(value),
  ]
  return `a ${forms[i % forms.length]} b`
}

/** A text in one of the places that an interaction has. */
function interactionWith(text: string, i: number): Interaction {
  const request = { call: 'stream', provider: 'openai', model: 'q' } as const
  const said = (part: JsonTable): Interaction => {
    return { request: { ...request, messages: [{ role: 'user', content: [part] }] }, response: {} }
  }
  const answered = (response: TapedResponse): Interaction => ({ request, response })
  const half = text.length / 2
  const places: readonly Interaction[] = [
    said({ type: 'text', text }),
    said({ type: 'tool_call', input: { deep: [{ [text]: 1 }] } }),
    answered({ chunks: [{ type: 'tool_call', input: { list: [1, text] } }] }),
    answered({
      chunks: [
        { type: 'text', text: text.slice(0, half) },
        { type: 'text', text: text.slice(half) },
      ],
    }),
    answered({ failure: { code: 'PROVIDER_FAILED', message: 'no', details: { partial: text } } }),
    answered({ chunks: [{ type: 'reasoning', text: 'x', meta: { signature: text } }] }),
  ]
  return places[i % places.length]!
}
