import type { Http, HttpRequest, HttpResponse, Secrets, ToolChunk, Value } from '@llmspell/sdk'
import { toolBench, toolSuite, type ToolBench } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { decoderOf } from './decoder.ts'
import { httpRequest } from './http-request.ts'
import plugin from './index.ts'
import { kindOf } from './sniff.ts'

/** What no network is needed for. The real client is under test in the folder of the system's tests. */
class MemoryHttp implements Http {
  readonly asked: HttpRequest[] = []
  closed = 0
  pieces: readonly Uint8Array[] = [Buffer.from('{"lamps"'), Buffer.from(':3}')]
  type = 'application/json'

  request(request: HttpRequest): Promise<HttpResponse> {
    this.asked.push(request)
    const close = (): Promise<void> => Promise.resolve(void this.closed++)
    const { pieces } = this
    const body = (async function* () {
      for (const piece of pieces) yield await Promise.resolve(piece)
    })()
    return Promise.resolve({
      status: 200,
      statusText: 'OK',
      url: String(request.url),
      headers: { 'content-type': this.type },
      redirects: [],
      body,
      bytes: async () => Buffer.concat(await Array.fromAsync(body)),
      text: async () => Buffer.concat(await Array.fromAsync(body)).toString(),
      close,
      [Symbol.asyncDispose]: close,
    })
  }

  fetch = (): never => {
    throw new Error('not used')
  }
}

const origins: (string | undefined)[] = []
const secrets: Secrets = {
  list: () => Promise.resolve([]),
  reveal: (name, _access, use) => (origins.push(use?.origin), Promise.resolve(`value of ${name}`)),
}
const http = new MemoryHttp()
const folder = new URL('../', import.meta.url)
const options = { package: folder, plugin, name: 'http-request', services: { http, secrets } }

toolSuite(options)

let bench: ToolBench
beforeAll(async () => {
  bench = await toolBench(options)
})

const run = (input: { readonly [key: string]: Value }) =>
  bench.run({ url: 'https://example.com/x', ...input })

test('a secret is asked for with the origin that it goes to, and for no address that is none', async () => {
  await run({ auth: { bearer: 'env:A' } })
  expect(http.asked.at(-1)?.headers).toMatchObject({ authorization: 'Bearer value of env:A' })
  await bench.run({ url: 'nonsense', auth: { bearer: 'env:A' } })
  expect(origins).toEqual(['https://example.com'])
})

test('a key that was written out is sent, with one warning that does not show it', async () => {
  const warned: string[] = []
  const tool = httpRequest(http, secrets, (message) => void warned.push(message))
  const input = {
    url: 'https://example.com/x',
    headers: { Authorization: 'Bearer abc', Cookie: 'a=b', accept: '*/*' },
  }
  expect(bench.validate(input)).toBe(true)
  await tool.execute(input as never, { signal: new AbortController().signal } as never)
  expect(http.asked.at(-1)?.headers).toMatchObject({ Authorization: 'Bearer abc' })
  expect(warned).toEqual([
    "The header 'Authorization', 'Cookie' was written out: name a secret by 'auth' instead.",
  ])
})

test('what only asks may be repeated', () => {
  const effectOf = (method: string) => bench.tool.effectOf?.({ method } as never)
  expect(['GET', 'HEAD', 'OPTIONS'].map(effectOf)).toEqual(Array(3).fill('idempotent'))
  expect(['POST', 'PUT', 'PATCH', 'DELETE'].map(effectOf)).toEqual(Array(4).fill('unsafe'))
})

test('limits and the query reach the client', async () => {
  await run({
    url: 'https://example.com/?a=1#top',
    query: { b: '2 3' },
    max_bytes: 9,
    timeouts: { idle: 5 },
  })
  expect(http.asked.at(-1)).toMatchObject({
    url: 'https://example.com/?a=1&b=2+3#top',
    limits: { maxBytes: 9, idleMs: 5 },
  })
})

test('a slow reader holds the body back, and nothing is kept', async () => {
  http.pieces = [Buffer.from('{"a"'), Buffer.from(':1}')]
  const chunks: ToolChunk[] = []
  const emit = (chunk: ToolChunk): void => void chunks.push(chunk)
  const { result } = await bench.run({ url: 'https://example.com/' }, { streamed: true, emit })
  expect(chunks.map((chunk) => chunk.text)).toEqual(['{"a"', ':1}'])
  expect(result).not.toHaveProperty('body')
  expect(result).toMatchObject({ bytes: 7, encoding: 'text' })
})

test('every answer is closed', () => {
  expect(http.closed).toBe(http.asked.length)
})

test('bytes in any portions are the same text or base64', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }), (pieces) => {
      const all = Buffer.concat(pieces)
      for (const encoding of ['text', 'base64'] as const) {
        const decoder = decoderOf(encoding, undefined, all)
        const text = pieces.map((piece) => decoder.push(piece)).join('') + decoder.end()
        expect(text).toBe(
          encoding === 'base64' ? all.toString('base64') : new TextDecoder().decode(all),
        )
      }
    }),
  )
})

test.each([
  ['application/json', '{}', 'text', true],
  ['application/problem+json; charset=utf-8', '{}', 'text', true],
  ['text/html', '<p>', 'text', false],
  ['text/html', '\0\0', 'base64', false],
  ['image/png', 'x', 'base64', false],
  ['text/plain; charset=utf-16le', 'a\0', 'text', false],
  [undefined, 'text', 'text', false],
])('%s with %j is taken as %s', (type, start, encoding, json) => {
  expect(kindOf('auto', type, Buffer.from(start))).toMatchObject({ encoding, json })
})
