import { createServer } from 'node:net'
import { SpellError } from '@llmspell/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BIG, POEM } from './pages.ts'
import { Site } from './site.ts'
import { openNet, outcome, type Net } from './support.ts'

let net: Net
let site: Site
let other: Site

beforeAll(async () => {
  ;[net, site, other] = await Promise.all([openNet(), Site.start(), Site.start()])
  site.other = other
})

afterAll(async () => {
  await net[Symbol.asyncDispose]()
  await Promise.all([site[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
})

beforeEach(() => {
  net.lines.length = 0
  site.reset()
  other.reset()
})

const get = (path: string, more: object = {}, access = net.access()) =>
  net.client.request({ url: site.url(path), ...more }, access)
const text = async (path: string, more: object = {}): Promise<string> =>
  (await get(path, more)).text()

interface Echo {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
const echo = async (path: string, more: object = {}): Promise<Echo> =>
  JSON.parse(await text(path, more)) as Echo

/** A busy machine gets to it later. */
const PATIENT = { timeout: 10_000 }

describe('an answer', () => {
  test('has status, headers, address and body, and costs one decision for each need', async () => {
    const response = await get('/cookies')
    expect(response).toMatchObject({ status: 200, statusText: 'OK', url: site.url('/cookies') })
    expect(response.headers['set-cookie']).toBe('a=1\nb=2')
    expect(await response.text()).toBe('set')
    expect(net.lines).toEqual([`allowed net ${site.origin}`, `allowed net-private ${site.origin}`])
  })

  test.each(['gzip', 'x-gzip', 'deflate', 'deflate-raw', 'br', 'zstd', 'both'])(
    'is decoded: %s',
    async (name) => {
      expect(await text(`/${name}`)).toBe(POEM)
    },
  )

  test.each([
    ['coded-200', 'HTTP_CODING'],
    ['coded-6', 'HTTP_CODING'],
    ['coded-odd', 'HTTP_CODING'],
    ['coded-false', 'HTTP_CODING'],
    ['coded-cut', 'HTTP_CODING'],
    ['short', 'HTTP_FAILED'],
    ['no-http', 'HTTP_FAILED'],
    ['two-lengths', 'HTTP_FAILED'],
    ['broken', 'HTTP_FAILED'],
    ['big-header', 'HTTP_TOO_LARGE'],
    ['many-headers', 'HTTP_TOO_LARGE'],
    ['some-headers', 'HTTP_TOO_LARGE'],
    ['unknown-charset', 'HTTP_CHARSET'],
  ])('that is broken is refused: %s as %s', async (name, code) => {
    expect(await outcome(text(`/${name}`))).toBe(code)
  })

  test('is read once, as a stream that holds the server back', async () => {
    const response = await get('/big')
    let bytes = 0
    for await (const piece of response.body) {
      expect(piece.byteLength).toBeLessThanOrEqual(64 * 1024)
      bytes += piece.byteLength
    }
    expect(bytes).toBe(BIG)
    await expect(response.bytes()).rejects.toMatchObject({ code: 'HTTP_FAILED' })
  })

  test('of 128 MiB is read in flat memory', async () => {
    const response = await get('/endless', { limits: { maxBytes: 1e9 } })
    let [bytes, most] = [0, 0]
    const before = process.memoryUsage().rss
    for await (const piece of response.body) {
      bytes += piece.byteLength
      if (bytes % (1 << 22) < piece.byteLength) most = Math.max(most, process.memoryUsage().rss)
      if (bytes > 128 << 20) break
    }
    expect(most - before).toBeLessThan(64 << 20)
  })

  test('is text by its charset', async () => {
    expect(await text('/shift-jis')).toBe('日本')
    expect(await text('/utf16')).toContain('Käse €')
  })

  test('may have no body', async () => {
    expect(await text('/empty')).toBe('')
    expect(await text('/json', { method: 'HEAD' })).toBe('')
    expect((await get('/gzip', { method: 'HEAD' })).status).toBe(200)
  })

  test('leaves the connection for the next, and takes it away when it is not read', async () => {
    for (let i = 0; i < 5; i++) await text('/json')
    expect(site.connects).toBeLessThanOrEqual(1)
    const response = await get('/big')
    await response.close()
    await expect.poll(() => site.last.cut, PATIENT).toBe(true)
  })
})

test('no more connections are made than are allowed: the rest waits its turn', async () => {
  const client = net.make({ sockets: 3 })
  const all = Array.from({ length: 30 }, async () =>
    (await client.request({ url: other.url('/plain') }, net.access())).text(),
  )
  expect(await Promise.all(all)).toEqual(Array(30).fill('plain'))
  expect(other.connects).toBeLessThanOrEqual(3)
})

describe('a question', () => {
  test.each([
    ['text', 'hello'],
    ['bytes', new TextEncoder().encode('hello')],
  ])('carries %s with its length', async (_, body) => {
    const seen = await echo('/echo', { method: 'POST', body })
    expect(seen).toMatchObject({
      method: 'POST',
      body: 'hello',
      headers: { 'content-length': '5' },
    })
  })

  test('carries a stream in chunks', async () => {
    async function* pieces() {
      for (const word of ['one ', 'two ', 'three']) yield await Promise.resolve(Buffer.from(word))
    }
    const seen = await echo('/echo', { method: 'PUT', body: pieces() })
    expect(seen).toMatchObject({
      body: 'one two three',
      headers: { 'transfer-encoding': 'chunked' },
    })
  })

  test('whose stream fails, fails so', async () => {
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('one'))
      throw new SpellError('OWN', 'Mine.')
    }
    expect(await outcome(text('/echo', { method: 'PUT', body: pieces() }))).toBe('OWN')
  })
})

describe('redirects', () => {
  test('are followed and told, each decided on', async () => {
    const response = await get('/to-json')
    expect(response).toMatchObject({ url: site.url('/json'), redirects: [site.url('/to-json')] })
    expect(net.lines.filter((line) => line.startsWith('allowed net '))).toHaveLength(2)
  })

  test.each([
    ['301', 'POST', 'GET', ''],
    ['302', 'POST', 'GET', ''],
    ['303', 'POST', 'GET', ''],
    ['307', 'POST', 'POST', 'x'],
    ['308', 'POST', 'POST', 'x'],
    ['301', 'PUT', 'PUT', 'x'],
    ['303', 'PUT', 'GET', ''],
  ])('%s after %s asks by %s', async (status, method, then, body) => {
    const headers = { 'content-type': 'text/x' }
    const seen = await echo(`/to-echo-${status}`, { method, body: 'x', headers })
    expect(seen).toMatchObject({ method: then, body })
    expect(seen.headers['content-type']).toBe(body === '' ? undefined : 'text/x')
  })

  test('leave keys behind when they leave the origin', async () => {
    const headers = {
      Authorization: 'Bearer k',
      Cookie: 'c=1',
      'X-Api-Key': 'k',
      'X-Odd': 'k',
      Accept: 'a/b',
    }
    const seen = await echo('/to-other', { method: 'POST', body: 'x', headers })
    expect(seen).toMatchObject({ method: 'POST', body: 'x', headers: { accept: 'a/b' } })
    expect(JSON.stringify(seen)).not.toMatch(/Bearer|c=1|"k"/)
    expect(
      (await echo('/to-echo-307', { method: 'POST', body: 'x', headers })).headers,
    ).toMatchObject({
      authorization: 'Bearer k',
      cookie: 'c=1',
      'x-odd': 'k',
    })
  })

  test('are given back or refused where that is wanted', async () => {
    expect(await get('/to-json', { redirect: 'manual' })).toMatchObject({
      status: 302,
      redirects: [],
    })
    expect(await outcome(get('/to-json', { redirect: 'error' }))).toBe('HTTP_REDIRECT')
    expect((await get('/to-nothing')).status).toBe(302)
  })

  test('of a body that was a stream are refused', async () => {
    async function* body() {
      yield await Promise.resolve(Buffer.from('x'))
    }
    expect(await outcome(get('/to-echo-307', { method: 'POST', body: body() }))).toBe(
      'HTTP_REDIRECT',
    )
  })
})

describe('retries', () => {
  const key = (): { headers: Record<string, string> } => ({
    headers: { 'x-key': String(Math.random()) },
  })

  test.each(['/shaky-503', '/shaky-429'])('go on until %s answers', async (path) => {
    expect(await text(path, { retries: 2, ...key() })).toBe('after 3')
    expect(net.lines.filter((line) => line.startsWith('allowed net '))).toHaveLength(1)
  })

  test('end with the last answer', async () => {
    expect((await get('/shaky-503', { retries: 1, ...key() })).status).toBe(503)
    expect(site.seen).toHaveLength(2)
  })

  test('wait as long as they are told', async () => {
    const started = performance.now()
    await get('/shaky-later', { retries: 1, ...key() })
    expect(performance.now() - started).toBeGreaterThan(950)
  })

  test('are made after a lost connection, and never of what may not be repeated', async () => {
    expect(await outcome(get('/broken', { retries: 2 }))).toBe('HTTP_FAILED')
    expect(site.seen.length).toBeGreaterThanOrEqual(3)
    site.reset()
    expect(await outcome(get('/broken', { retries: 2, method: 'POST', body: 'x' }))).toBe(
      'HTTP_FAILED',
    )
    expect(site.seen).toHaveLength(1)
    expect(
      (await get('/shaky-503', { retries: 2, method: 'POST', body: 'x', ...key() })).status,
    ).toBe(503)
  })

  test('of a kept connection that the server has closed are free, where they may be made', async () => {
    for (const [method, expected] of [
      ['GET', 'ok'],
      ['POST', 'HTTP_FAILED'],
    ] as const) {
      await text('/json')
      const body = method === 'POST' ? { body: 'x' } : {}
      expect(await outcome(text('/once', { method, ...body }))).toBe(expected)
    }
  })

  test('stay within the whole time', async () => {
    const limits = { totalMs: 300 }
    const started = performance.now()
    expect(await outcome(get('/shaky-later', { retries: 5, limits, ...key() }))).toBe(
      'HTTP_TIMEOUT',
    )
    expect(performance.now() - started).toBeLessThan(700)
  })
})

describe('the end', () => {
  test.each([
    ['/silent', { headersMs: 100 }, 'headersMs'],
    ['/drip-headers', { headersMs: 100 }, 'headersMs'],
    ['/stall', { idleMs: 100 }, 'idleMs'],
    ['/drip', { totalMs: 200 }, 'totalMs'],
    ['/endless', { totalMs: 200, maxBytes: 1e12 }, 'totalMs'],
  ])('comes by the clock: %s %j', async (path, limits, limit) => {
    await expect(text(path, { limits })).rejects.toMatchObject({
      code: 'HTTP_TIMEOUT',
      details: { limit },
    })
    await expect.poll(() => site.last.cut, PATIENT).toBe(true)
  })

  test('comes by size, of what is decoded', async () => {
    expect(await outcome(text('/big', { limits: { maxBytes: BIG - 1 } }))).toBe('HTTP_TOO_LARGE')
    expect(await outcome(text('/big', { limits: { maxBytes: BIG } }))).toBe('ok')
  })

  test('comes by the caller, at once, and with the code it says', async () => {
    for (const path of ['/silent', '/drip', '/stall']) {
      const stop = new AbortController()
      const reading = (async () =>
        (await get(path, {}, net.access(undefined, { signal: stop.signal }))).text())()
      await expect.poll(() => site.seen.some((seen) => seen.path === path), PATIENT).toBe(true)
      const started = performance.now()
      stop.abort(new SpellError('CANCELLED', 'Enough.'))
      expect(await outcome(reading)).toBe('CANCELLED')
      await expect.poll(() => site.last.cut, { ...PATIENT, interval: 10 }).toBe(true)
      expect(performance.now() - started).toBeLessThan(250)
    }
  })

  test('comes by closing the client, which leaves no connection', async () => {
    const client = net.make()
    const reading = client.request({ url: other.url('/silent') }, net.access())
    await (await client.request({ url: other.url('/json') }, net.access())).text()
    const before = outcome(reading)
    client.close()
    expect(await before).toBe('CANCELLED')
    await expect.poll(() => other.open, PATIENT).toBe(0)
  })

  test('of connecting comes by its own limit', async () => {
    // A listener whose queue is full takes no connection: here, a name that is never found.
    const client = net.make({}, () => new Promise(() => undefined))
    await expect(
      client.request({ url: 'http://never.test/', limits: { connectMs: 50 } }, net.access()),
    ).rejects.toMatchObject({ code: 'HTTP_TIMEOUT', details: { limit: 'connectMs' } })
  })

  test('of TLS that says nothing comes too', async () => {
    const mute = createServer((socket) => socket.on('error', () => undefined).resume()).listen(
      0,
      '127.0.0.1',
    )
    await new Promise((resolve) => mute.once('listening', resolve))
    const { port } = mute.address() as { port: number }
    await expect(
      net.client.request(
        { url: `https://127.0.0.1:${port}/`, limits: { connectMs: 50 } },
        net.access(),
      ),
    ).rejects.toMatchObject({ code: 'HTTP_TIMEOUT', details: { limit: 'connectMs' } })
    await new Promise((resolve) => mute.close(resolve))
  })
})
