import { setTimeout as pause } from 'node:timers/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib'
import { HTML } from './html.ts'
import type { Seen, Site } from './site.ts'

export interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly seen: Seen
  readonly site: Site
}

export type Answer = (asked: Asked) => unknown

export const POEM = 'Lamps and kettles, kettles and lamps.\n'.repeat(50)
export const BIG = 8 * 1024 * 1024

const coded =
  (coding: string, encode: (bytes: Buffer) => Buffer): Answer =>
  ({ response }) =>
    response
      .setHeader('content-encoding', coding)
      .setHeader('content-type', 'text/plain')
      .end(encode(Buffer.from(POEM)))

const to =
  (status: number, location: string | ((site: Site) => string)): Answer =>
  ({ response, site }) =>
    response
      .writeHead(status, { location: typeof location === 'string' ? location : location(site) })
      .end()

const QUALITY = constants.BROTLI_PARAM_QUALITY
const zeros = (mebibytes: number): Uint8Array => Buffer.alloc(mebibytes << 20)

/** Made once: what unpacks fast is packed slowly. */
function bomb(coding: string, make: () => Uint8Array): Answer {
  let bytes: Uint8Array | undefined
  return ({ response }) =>
    response
      .setHeader('content-encoding', coding)
      .setHeader('content-type', 'text/plain')
      .end((bytes ??= make()))
}

const used = new WeakSet<object>()
const failing = new Map<string, number>()

/** Fails twice, then answers. */
const shaky =
  (status: number, headers: Record<string, string> = {}): Answer =>
  ({ request, response }) => {
    const key = `${request.headers['x-key']?.toString()} ${request.url}`
    const times = (failing.get(key) ?? 0) + 1
    failing.set(key, times)
    if (times <= 2) response.writeHead(status, headers).end()
    else response.end(`after ${times}`)
  }

/** Bytes at a pace, for ever. */
const dripping =
  (ms: number, piece: string): Answer =>
  async ({ response }) => {
    response.setHeader('content-type', 'text/plain')
    while (!response.destroyed) {
      response.write(piece)
      await pause(ms)
    }
  }

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

export const PAGES: Readonly<Record<string, Answer>> = {
  '/json': ({ request, response }) => {
    used.add(request.socket)
    response.setHeader('content-type', 'application/json').end('{"lamps":[1,2,{"on":true}]}')
  },
  '/lamps.json': ({ response }) =>
    response.setHeader('content-type', 'application/json').end('{"lamps":3}'),
  '/notjson': ({ response }) => response.setHeader('content-type', 'application/json').end('{"a":'),
  '/plain': ({ response }) => response.setHeader('content-type', 'text/plain').end('plain'),
  '/empty': ({ response }) => response.writeHead(204).end(),
  '/cookies': ({ response }) => response.setHeader('set-cookie', ['a=1', 'b=2']).end('set'),
  '/echo': ({ request, response, seen }) =>
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        method: seen.method,
        path: seen.path,
        headers: request.headers,
        body: seen.body,
      }),
    ),
  '/gzip': coded('gzip', (bytes) => gzipSync(bytes)),
  '/x-gzip': coded('x-gzip', (bytes) => gzipSync(bytes)),
  '/deflate': coded('deflate', (bytes) => deflateSync(bytes)),
  '/deflate-raw': coded('deflate', (bytes) => deflateRawSync(bytes)),
  '/br': coded('br', (bytes) => brotliCompressSync(bytes)),
  '/zstd': coded('zstd', (bytes) => zstdCompressSync(bytes)),
  '/both': coded('gzip, br', (bytes) => brotliCompressSync(gzipSync(bytes))),
  '/coded-200': coded(Array(200).fill('gzip').join(', '), (bytes) => bytes),
  '/coded-6': coded(Array(6).fill('gzip').join(','), (bytes) => bytes),
  '/coded-odd': coded('compress', (bytes) => bytes),
  '/coded-false': coded('gzip', (bytes) => bytes),
  '/coded-cut': coded('gzip', (bytes) => gzipSync(bytes).subarray(0, 40)),
  '/bomb-gzip': bomb('gzip', () => gzipSync(zeros(300))),
  '/bomb-gzip-twice': bomb('gzip, gzip', () => gzipSync(gzipSync(zeros(64)))),
  '/bomb-br': bomb('br', () => brotliCompressSync(zeros(64), { params: { [QUALITY]: 5 } })),
  '/bomb-zstd': bomb('zstd', () => zstdCompressSync(zeros(64))),
  '/to-json': to(302, '/json'),
  '/to-slash-slash': to(302, (site) => `//${new URL(site.origin).host}/json`),
  '/to-self': to(302, '/to-self'),
  '/to-file': to(302, 'file:///etc/passwd'),
  '/to-data': to(302, 'data:text/html,hello'),
  '/to-script': to(302, `${'java'}script:alert(1)`),
  '/to-user': to(302, 'http://user:pass@127.0.0.1/'),
  '/to-metadata': to(302, 'http://169.254.169.254/latest/meta-data/'),
  '/to-nothing': ({ response }) => response.writeHead(302).end('no place'),
  '/to-other': to(307, (site) => site.other!.url('/echo')),
  '/to-other-302': to(302, (site) => site.other!.url('/echo')),
  '/to-echo-301': to(301, '/echo'),
  '/to-echo-302': to(302, '/echo'),
  '/to-echo-303': to(303, '/echo'),
  '/to-echo-307': to(307, '/echo'),
  '/to-echo-308': to(308, '/echo'),
  '/shaky-503': shaky(503),
  '/shaky-429': shaky(429, { 'retry-after': '0' }),
  '/shaky-later': shaky(503, { 'retry-after': '1' }),
  // Answers on a fresh connection only.
  '/once': ({ request, response }) => {
    if (used.has(request.socket)) request.socket.destroy()
    else response.end('fresh')
  },
  '/broken': ({ request }) => request.socket.destroy(),
  '/error': ({ response }) =>
    response.writeHead(500, { 'content-type': 'text/plain' }).end('broken'),
  '/silent': () => undefined,
  '/drip': dripping(20, '.'),
  '/endless': dripping(0, 'x'.repeat(64 * 1024)),
  '/stall': ({ response }) => response.write('start'),
  '/short': ({ response }) => {
    response.setHeader('content-length', '100')
    response.write('x'.repeat(10))
    setTimeout(() => response.destroy(), 20)
  },
  '/drip-headers': ({ request }) => {
    const { socket } = request
    socket.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket.write(`x-${Math.random()}: 1\r\n`), 20)
    socket.on('close', () => clearInterval(timer))
  },
  '/big-header': ({ request }) =>
    request.socket.end(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100 * 1024)}\r\n\r\n`),
  '/many-headers': ({ request }) =>
    request.socket.end(`HTTP/1.1 200 OK\r\n${'a:b\r\n'.repeat(100_000)}\r\n`),
  '/some-headers': ({ request }) =>
    request.socket.end(`HTTP/1.1 200 OK\r\n${'a:b\r\n'.repeat(5000)}content-length: 0\r\n\r\n`),
  '/no-http': ({ request }) => request.socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
  '/two-lengths': ({ request }) =>
    request.socket.end(
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ),
  '/big': async ({ response }) => {
    response.setHeader('content-type', 'text/plain')
    const piece = Buffer.alloc(64 * 1024, 'a')
    for (let sent = 0; sent < BIG && !response.destroyed; sent += piece.length) {
      if (!response.write(piece)) await drained(response)
    }
    response.end()
  },
  ...HTML,
}
