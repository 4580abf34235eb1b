import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Access, Manifest, PermissionNeed, Permissions } from '@llmspell/sdk'
import { testHost, type TestHost } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { charsetOf, textOf } from './charset.ts'
import type { HttpConfig } from './generated/config.ts'
import { checkHeaders, received, withoutSecrets } from './headers.ts'
import plugin from './index.ts'
import { askedPause, pauseAfter } from './retry.ts'
import { originAt, targetOf } from './target.ts'

const { llmspell: manifest } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { readonly llmspell: Manifest }
const schema = JSON.parse(
  readFileSync(new URL('../schemas/config.json', import.meta.url), 'utf8'),
) as { readonly properties: Readonly<Record<string, { readonly default?: unknown }>> }
const config = Object.fromEntries(
  Object.entries(schema.properties).flatMap(([key, value]) =>
    value.default === undefined ? [] : [[key, value.default]],
  ),
) as unknown as HttpConfig

const needs: PermissionNeed[] = []
const permissions: Permissions = {
  decide: () => ({ allowed: true, rule: 'net=*', holder: 'test' }),
  require: (need) => Promise.resolve(void needs.push(need)),
  mark: () => undefined,
  labels: () => new Set(),
}
const access: Access = { subject: 'Test', grants: [], root: '/' }

const open = (): Promise<TestHost> =>
  testHost(plugin, { manifest, config, services: { permissions } })

describe('the plugin', () => {
  let server: Server
  let origin = ''
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/silent') return
      response.end('hello')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => void server.close(resolve)))

  test('provides a client that leaves nothing behind, not even what was never read', async () => {
    const host = await open()
    const http = host.service('http')
    const response = await http.request({ url: `${origin}/a?b=c` }, access)
    expect(await response.text()).toBe('hello')
    expect(needs.map(({ permission, target, shown }) => [permission, target, shown])).toEqual([
      ['net', origin, origin],
      ['net-private', origin, origin],
    ])
    expect(needs[0]?.facts).toEqual({
      method: 'GET',
      address: ['127.0.0.1'],
      class: 'loopback',
    })
    await http.request({ url: origin, method: 'POST', body: 'grüße' }, access)
    expect(needs.at(-1)?.facts).toMatchObject({ method: 'POST', body: '7 bytes' })
    const waiting = http
      .request({ url: `${origin}/silent` }, access)
      .catch((error: unknown) => error)
    expect(await (await http.fetch(access)(origin)).text()).toBe('hello')
    await host.dispose()
    expect(await waiting).toMatchObject({ code: 'CANCELLED' })
    await expect.poll(() => new Promise((done) => server.getConnections((_, n) => done(n)))).toBe(0)
  })

  test('refuses a proxy that is none', async () => {
    for (const proxy of ['nonsense', 'https://p.test:8080', 'http://user:pass@p.test']) {
      const host = testHost(plugin, {
        manifest,
        config: { ...config, proxy },
        services: { permissions },
      })
      await expect(host).rejects.toMatchObject({ code: 'HTTP_URL' })
    }
  })
})

test('addresses are parsed once, and their origin says the port', () => {
  expect(targetOf('HTTPS://Example.COM./a/../b?c#d')).toMatchObject({
    host: 'example.com',
    port: 443,
    origin: 'https://example.com:443',
    secure: true,
  })
  expect(targetOf('https://example.com./x').url.href).toBe('https://example.com/x')
  expect(targetOf('http://[::1]:8080')).toMatchObject({ host: '::1', origin: 'http://[::1]:8080' })
  expect(originAt(targetOf('http://a.test'), 'fe80::1')).toBe('http://[fe80::1]:80')
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
      const { url, origin, host } = targetOf(text)
      expect(targetOf(url.href)).toMatchObject({ origin, host })
      expect(url.hash).toBe('')
    }),
  )
})

describe('headers', () => {
  test('of any names and values are passed on whole or refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, value) => {
        let sent: Record<string, string> = {}
        let code = 'HTTP_HEADER'
        try {
          sent = checkHeaders({ [name]: value }, 1024)
        } catch (error) {
          code = (error as { code: string }).code
        }
        expect(code).toBe('HTTP_HEADER')
        const lines = Object.entries(sent).map(([key, text]) => `${key}: ${text}`)
        expect(lines.join('')).not.toMatch(/[\r\n\0]/)
        expect(Object.entries(sent).every((pair) => pair[1] === value.trim())).toBe(true)
      }),
    )
  })

  test('that may carry a key do not leave the origin', () => {
    const headers = {
      accept: 'a',
      'user-agent': 'b',
      authorization: 'c',
      cookie: 'd',
      'x-key': 'e',
      range: 'f',
    }
    expect(withoutSecrets(headers)).toEqual({ accept: 'a', 'user-agent': 'b', range: 'f' })
  })

  test('that came are joined by name', () => {
    const raw = ['Set-Cookie', 'a=1', 'X', '1', 'set-cookie', 'b=2', 'x', '2', '__proto__', 'p']
    expect(received(raw)).toMatchObject({ 'set-cookie': 'a=1\nb=2', x: '1, 2' })
  })
})

describe('pauses', () => {
  const now = Date.UTC(2026, 0, 1, 0, 0, 0)
  test.each([
    ['3', 3000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:00:05 GMT', 5000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['99999999999', undefined],
  ])('Retry-After %j: %j', (text, ms) => {
    expect(askedPause(text, now)).toBe(ms)
  })

  test('are jittered under a limit that doubles, and kept to a minute where they are asked', () => {
    expect([1, 2, 3, 9].map((attempt) => pauseAfter(attempt, undefined, () => 1))).toEqual([
      250, 500, 1000, 10_000,
    ])
    expect(pauseAfter(3, undefined, () => 0)).toBe(0)
    expect(pauseAfter(1, '100000')).toBe(60_000)
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(pauseAfter(1, text)).toBeGreaterThanOrEqual(0)
        expect(pauseAfter(1, text)).toBeLessThanOrEqual(60_000)
      }),
    )
  })
})

test('text is read by its mark, its type, or as UTF-8', () => {
  expect(charsetOf('text/html; Charset="ISO-8859-1"; x=y')).toBe('iso-8859-1')
  expect(textOf('h', Buffer.from('e9', 'hex'), 'text/plain; charset=latin1')).toBe('é')
  expect(textOf('h', Buffer.from('feff20ac', 'hex'), 'text/plain; charset=utf-8')).toBe('€')
  expect(textOf('h', Buffer.from('é'), undefined)).toBe('é')
  expect(() => textOf('h', Buffer.from('x'), 'a/b; charset=nonsense')).toThrow(/nonsense/)
})
