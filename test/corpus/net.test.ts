import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PermissionSet } from '@llmspell/sdk'
import { loadClassify } from '../../plugins/http/src/address.ts'
import type { Client } from '../../plugins/http/src/client.ts'
import { permitAddresses } from '../../plugins/http/src/permit.ts'
import { targetOf } from '../../plugins/http/src/target.ts'
import { Site } from '../http/site.ts'
import { openNet, outcome, type Net } from '../http/support.ts'

interface Row {
  readonly id: string
  readonly url: string
  /** A code, `ok`, or `refused` for any code. */
  readonly expect: string
  readonly name?: string
  readonly allow?: PermissionSet
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly config?: object
}

const file = fileURLToPath(new URL('net.json', import.meta.url))
const { rows } = JSON.parse(readFileSync(file, 'utf8')) as { readonly rows: readonly Row[] }
/** Everything but private networks. */
const PUBLIC: PermissionSet = { net: ['*:*'] }

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'loop.test': ['127.0.0.1'],
  'six.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'mixed.test': ['93.184.215.14', '127.0.0.1'],
  'private.test': ['192.168.7.7'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'linklocal.test': ['fe80::1%eth0'],
  'meta.test': ['169.254.169.254'],
  'allowed.test': ['127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
}

let net: Net
let sites: readonly Site[]
const lookup = (host: string): Promise<readonly string[]> => Promise.resolve(NAMES[host] ?? [])

beforeAll(async () => {
  const [first, second] = await Promise.all([Site.start(), Site.start()])
  first.other = second
  // Where the machine has it: what is refused by IPv4 must not be reached by IPv6.
  const third = await Site.start('::1').catch(() => undefined)
  sites = [first, second, ...(third ? [third] : [])]
  net = await openNet()
})

afterAll(async () => {
  await net[Symbol.asyncDispose]()
  await Promise.all(sites.map((site) => site[Symbol.asyncDispose]()))
})

beforeEach(() => {
  net.lines.length = 0
  for (const site of sites) site.reset()
})

const connects = (): number => sites.reduce((sum, site) => sum + site.connects, 0)

function placed<T>(value: T, port = sites[0]!.port): T {
  const text = JSON.stringify(value)
  const origin = `http://127.0.0.1:${sites[0]!.port}`
  return JSON.parse(text.replaceAll('{port}', String(port)).replaceAll('{origin}', origin)) as T
}

async function ask(row: Row, client: Client): Promise<string> {
  const { url, headers = {}, allow = PUBLIC, method = 'GET' } = row
  return outcome(
    client
      .request({ url, headers, method }, net.access(allow))
      .then((response) => response.bytes()),
  )
}

describe('the corpus of the network', () => {
  test('has the 77 addresses, and more', () => {
    expect(
      new Set(rows.filter(({ id }) => id === 'NET-01').map((row) => row.url)).size,
    ).toBeGreaterThan(77)
  })

  test.each(rows.map((row, i) => ({ ...row, i, shown: row.name ?? row.url.slice(0, 60) })))(
    '$i $id $shown $headers → $expect',
    async (row) => {
      const client =
        row.config || row.id === 'NET-06' ? net.make(row.config, lookup) : net.make({}, lookup)
      for (const port of row.id === 'NET-01' ? sites.map((site) => site.port) : [sites[0]!.port]) {
        net.lines.length = 0
        const code = await ask(placed(row, port), client)
        const codes = row.expect === 'refused' ? ['PERMISSION_DENIED', 'HTTP_URL'] : [row.expect]
        expect(codes).toContain(code)
        const denied = net.lines.filter((line) => line.startsWith('denied'))
        expect(denied).toHaveLength(code === 'PERMISSION_DENIED' ? 1 : 0)
        // One line for a refusal, and nothing beside it; and nobody heard of it.
        const first = !row.url.startsWith('{origin}') && code !== 'ok'
        expect(first ? net.lines : denied).toEqual(denied)
        expect(first || code === 'HTTP_HEADER' ? connects() : 0).toBe(0)
      }
      expect(row.id === 'NET-03' ? sites[1]!.connects : 0).toBe(0)
      client.close()
    },
  )
})

describe('NET-02', () => {
  test('a name that changes its mind is asked once, and the connection goes to the answer that was checked', async () => {
    let asked = 0
    const client = net.make({}, () => Promise.resolve([asked++ === 0 ? '127.0.0.2' : '127.0.0.1']))
    const url = `http://rebind.test:${sites[0]!.port}/plain`
    const allow = { net: ['rebind.test:*'], 'net-private': ['127.0.0.2:*'] }
    // Nothing listens at 127.0.0.2 alone: whatever happens, it is not the listener at 127.0.0.1.
    const code = await ask({ id: '', url, expect: '', allow }, client)
    expect(code).toBe('HTTP_FAILED')
    expect({ asked, connects: connects() }).toEqual({ asked: 1, connects: 0 })
    expect(await ask({ id: '', url, expect: '', allow }, client)).toBe('PERMISSION_DENIED')
    expect(connects()).toBe(0)
  })

  test('a retry goes to the same answer', async () => {
    let asked = 0
    const client = net.make({}, () => Promise.resolve((asked++, ['127.0.0.2'])))
    const request = { url: `http://rebind.test:${sites[0]!.port}/`, retries: 2 }
    expect(await outcome(client.request(request, net.access()))).toBe('HTTP_FAILED')
    expect(asked).toBe(1)
  })

  test('a connection that is kept is not taken for other answers', async () => {
    let answer = '127.0.0.1'
    const client = net.make({}, () => Promise.resolve([answer]))
    const url = `http://rebind.test:${sites[0]!.port}/plain`
    expect(
      await ask({ id: '', url, expect: '', allow: { net: ['*:*'], 'net-private': ['*'] } }, client),
    ).toBe('ok')
    answer = '127.0.0.3'
    expect(
      await ask({ id: '', url, expect: '', allow: { net: ['*:*'], 'net-private': ['*'] } }, client),
    ).toBe('HTTP_FAILED')
    expect(connects()).toBe(1)
  })

  test('a name that is not granted is not even looked up', async () => {
    let asked = 0
    const client = net.make({}, () => Promise.resolve((asked++, ['127.0.0.1'])))
    const url = 'http://secret-words.evil.test/'
    expect(await ask({ id: '', url, expect: '', allow: { net: ['good.test'] } }, client)).toBe(
      'PERMISSION_DENIED',
    )
    expect(asked).toBe(0)
    expect(net.lines).toEqual(['denied net http://secret-words.evil.test:80'])
  })
})

describe('grants by address', () => {
  const url = (): string => `http://loop.test:${sites[0]!.port}/plain`
  test.each([
    [{ net: ['127.0.0.0/8'], 'net-private': ['127.0.0.0/8'] }, 'ok'],
    [{ net: ['loop.test:*'], 'net-private': ['127.0.0.1:*'] }, 'ok'],
    [{ net: ['127.0.0.1/32'], 'net-private': ['loop.test:*'] }, 'ok'],
    [{ net: ['127.0.0.1:*'], 'net-private': ['loop.test:*'] }, 'PERMISSION_DENIED'],
    [{ net: ['127.0.0.0/8'] }, 'PERMISSION_DENIED'],
    [{ net: ['10.0.0.0/8'], 'net-private': ['*'] }, 'PERMISSION_DENIED'],
    [{ 'net-private': ['*'] }, 'PERMISSION_DENIED'],
  ])('%j: %s, and one line for each need', async (allow, expected) => {
    const client = net.make({}, lookup)
    expect(
      await ask({ id: '', url: url(), expect: '', allow: allow as PermissionSet }, client),
    ).toBe(expected)
    expect(net.lines).toHaveLength(expected === 'ok' ? 2 : 1)
  })

  test('a denied address counts against every name', async () => {
    const client = net.make({}, lookup)
    for (const deny of [
      { net: ['127.0.0.0/8'] },
      { 'net-private': ['127.0.0.1:*'] },
      { net: ['loop.test:*'] },
    ]) {
      net.lines.length = 0
      const access = net.access(undefined, { deny })
      expect(await outcome(client.request({ url: url() }, access))).toBe('PERMISSION_DENIED')
      expect(net.lines).toHaveLength(1)
    }
    expect(connects()).toBe(0)
  })

  // Nothing is connected to: the machine that tests may have such a service.
  test('metadata is open to its own name only, from a person, not from an agent', async () => {
    const target = targetOf('http://169.254.169.254/')
    const found = [{ address: target.host, family: 4, class: 'metadata' }] as const
    const real = await net.kernel.use('permissions')
    const ask_ = (...layers: readonly (readonly [string, PermissionSet])[]): Promise<string> => {
      const grants = layers.map(([holder, allow]) => ({ holder, allow }))
      return outcome(permitAddresses(real, target, found, { ...net.access(), grants }, false))
    }
    const wide = { net: ['*:*'], 'net-private': ['*'] }
    const named = { net: ['169.254.169.254'], 'net-private': ['*'] }
    const range = { net: ['*:*', '169.254.169.254/32'], 'net-private': ['169.254.0.0/16'] }
    expect(await ask_(['command line', named])).toBe('ok')
    expect(await ask_(['command line', { ...named, 'net-private': [] }])).toBe('PERMISSION_DENIED')
    expect(await ask_(['command line', wide])).toBe('PERMISSION_DENIED')
    expect(await ask_(['command line', range])).toBe('PERMISSION_DENIED')
    expect(await ask_(['command line', wide], ["agent 'x'", named])).toBe('PERMISSION_DENIED')
  })

  test('the words name the host and what it lacks, never an address that nobody named', async () => {
    const client = net.make({}, lookup)
    const error = await client
      .request({ url: 'http://private.test/?token=abc' }, net.access(PUBLIC))
      .catch((thrown: unknown) => thrown as { message: string; hint: string; details: unknown })
    const words = JSON.stringify([error, (error as unknown as Error).message])
    expect(words).toContain('private.test')
    expect(words).toContain('--allow-net-private')
    expect(words).not.toMatch(/192\.168|token|abc/)
  })
})

/** Written from the registries of special addresses, not from the code under test. */
const CLOSED: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['::1', 128],
  ['::ffff:0:0:0', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

describe('classes of addresses', () => {
  const list = new BlockList()
  for (const [network, bits] of CLOSED)
    list.addSubnet(network, bits, isIP(network) === 4 ? 'ipv4' : 'ipv6')
  const four = fc.ipV4()
  const inner = (address: string): string => {
    const [a, b, c, d] = address.split('.').map(Number)
    return `${((a! << 8) | b!).toString(16)}:${((c! << 8) | d!).toString(16)}`
  }
  const inList = (address: string): boolean =>
    list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')

  test('agree with an independent list, for IPv4, IPv6 and what stands in IPv6 for IPv4', async () => {
    const classify = await loadClassify()
    const closed = fc
      .tuple(
        fc.constantFrom(...CLOSED.filter(([network]) => isIP(network) === 4)),
        fc.nat(0xffffff),
      )
      .map(([[network, bits], low]) => within(network, bits, low))
    fc.assert(
      fc.property(fc.oneof(four, closed), (address) => {
        const blocked = inList(address) || address === '168.63.129.16'
        expect([address, classify(address) === 'public' && blocked]).toEqual([address, false])
        for (const form of [
          `::ffff:${address}`,
          `::ffff:${inner(address)}`,
          `64:ff9b::${inner(address)}`,
        ]) {
          expect([form, classify(form)]).toEqual([form, classify(address)])
        }
        for (const form of [
          `::${address}`,
          `2002:${inner(address)}::1`,
          `::ffff:0:${address}`,
          `64:ff9b:1::${inner(address)}`,
        ]) {
          expect([form, classify(form)]).not.toEqual([form, 'public'])
        }
      }),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect([address, inList(address) && classify(address) === 'public']).toEqual([
          address,
          false,
        ])
      }),
      { numRuns: 2000 },
    )
  })

  test('public ones are public', async () => {
    const classify = await loadClassify()
    const open = [
      '1.1.1.1',
      '8.8.8.8',
      '93.184.215.14',
      '172.32.0.1',
      '100.128.0.1',
      '2606:4700::1111',
      '2a00:1450::1',
    ]
    expect(open.map(classify)).toEqual(open.map(() => 'public'))
  })
})

function within(network: string, bits: number, low: number): string {
  const base = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - bits)
  const value = base + (low % size)
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

test('no way of writing an address of this machine gets through', async () => {
  const client = net.make({}, lookup)
  const part = (value: number): fc.Arbitrary<string> =>
    fc.constantFrom(
      String(value),
      `0x${value.toString(16)}`,
      `0${value.toString(8)}`,
      `0X${value.toString(16).toUpperCase()}`,
    )
  const odd = (text: string): fc.Arbitrary<string> =>
    fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((wide) =>
      Array.from(text)
        .map((char, i) => (wide[i] && /[0-9a-z.]/i.test(char) ? wideOf(char) : char))
        .join(''),
    )
  const dotted = fc
    .tuple(fc.nat(255), fc.nat(255), fc.nat(255))
    .chain((rest) => fc.tuple(...[127, ...rest].map(part)))
    .map((parts) => parts.join('.'))
  const whole = fc.nat(0xffffff).chain((low) => part(0x7f000000 + low))
  const short = fc
    .nat(0xffffff)
    .chain((low) => fc.tuple(part(127), part(low)).map((parts) => parts.join('.')))
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(dotted, whole, short).chain(odd),
      fc.constantFrom('', '.'),
      fc.constantFrom('http', 'https', 'HTTP'),
      async (host, dot, scheme) => {
        const url = `${scheme}://${host}${dot}:${sites[0]!.port}/`
        expect([url, await ask({ id: '', url, expect: '' }, client)]).toEqual([
          url,
          'PERMISSION_DENIED',
        ])
      },
    ),
    { numRuns: 300 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string(),
      async (url, tail) => {
        const code = await ask(
          { id: '', url: url + tail, expect: '', allow: { net: ['allowed.test'] } },
          client,
        )
        expect(code).toMatch(/^(?:PERMISSION_DENIED|HTTP_URL)$/)
      },
    ),
    { numRuns: 300 },
  )
  expect(connects()).toBe(0)
})

/** The same character as a wide form, which hosts are read without. */
function wideOf(char: string): string {
  return char === '.' ? '。' : String.fromCharCode(char.charCodeAt(0) + 0xfee0)
}

test('NET-12: proxies of the environment are not looked at', async () => {
  const child = fileURLToPath(new URL('../http/proxy-child.ts', import.meta.url))
  const proxy = sites[1]!.origin
  const env = {
    PATH: process.env['PATH'],
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    NODE_USE_ENV_PROXY: '1',
  }
  const argv = ['--conditions=@llmspell/source', '--use-env-proxy', child, sites[0]!.url('/plain')]
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, argv, { env }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
  expect(said.trim()).toBe('200 plain')
  expect(sites.map((site) => site.connects).slice(0, 2)).toEqual([1, 0])
})
