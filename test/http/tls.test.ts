import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openNet, outcome, type Net } from './support.ts'

const openssl = hasOpenssl()
const names: string[] = []
let net: Net
let server: Server
let folder = ''
const before = tls.getCACertificates('default')

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A certificate for `secure.test`, made here and now. */
function certificate(): { readonly key: string; readonly cert: string } {
  folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=secure.test', '-addext', 'subjectAltName=DNS:secure.test']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

describe.skipIf(!openssl)('TLS (openssl makes the certificate)', () => {
  beforeAll(async () => {
    const pair = certificate()
    net = await openNet()
    const onName = (name: string, done: (error: null) => void): void => {
      names.push(name)
      done(null)
    }
    server = createServer({ ...pair, SNICallback: onName }, (request, response) => {
      if (request.url === '/down') response.writeHead(302, { location: 'http://secure.test/' })
      response.end('hello')
    })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    tls.setDefaultCACertificates([...before, pair.cert])
  })

  afterAll(async () => {
    tls.setDefaultCACertificates(before)
    await net[Symbol.asyncDispose]()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  })

  const get = (host: string, path = '/', method = 'GET') =>
    net
      .make({}, () => Promise.resolve(['127.0.0.1']))
      .request(
        { url: `https://${host}:${(server.address() as AddressInfo).port}${path}`, method },
        net.access(),
      )

  test('says the name, checks the certificate against it, and goes to the checked address', async () => {
    expect(await (await get('secure.test')).text()).toBe('hello')
    expect(names).toEqual(['secure.test'])
  })

  test.each(['other.test', '127.0.0.1', 'secure.test.evil.test'])(
    'refuses the certificate for %s',
    async (host) => {
      await expect(get(host)).rejects.toMatchObject({
        code: 'HTTP_FAILED',
        details: { system: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      })
    },
  )

  test('refuses one that nobody vouches for', async () => {
    const trusted = tls.getCACertificates('default')
    tls.setDefaultCACertificates(before)
    const error = await get('secure.test').catch((thrown: unknown) => thrown)
    tls.setDefaultCACertificates(trusted)
    expect(error).toMatchObject({
      code: 'HTTP_FAILED',
      message: expect.stringContaining('certificate'),
    })
  })

  test('is not left by a redirect', async () => {
    expect(await outcome(get('secure.test', '/down'))).toBe('HTTP_REDIRECT')
  })
})
