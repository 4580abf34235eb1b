import type { Http, HttpRequest, HttpResponse, Job, Workers } from '@llmspell/sdk'
import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import { decode } from './page/charset.ts'
import { plainText } from './page/text.ts'
import plugin from './index.ts'
import { Rate } from './rate.ts'
import * as page from './page.ts'

const HTML =
  '<html lang="en"><head><title>Lamps</title></head><body><h1>Lamps</h1><p>Tall ones.</p></body></html>'

/** One page for every address. The real client is under test in the folder of the system's tests. */
const http: Http = {
  request({ url }: HttpRequest): Promise<HttpResponse> {
    const robots = String(url).endsWith('/robots.txt')
    const bytes = Buffer.from(robots ? 'User-agent: *\nDisallow: /closed' : HTML)
    const close = (): Promise<void> => Promise.resolve()
    return Promise.resolve({
      status: 200,
      statusText: 'OK',
      url: String(url),
      headers: { 'content-type': robots ? 'text/plain' : 'text/html' },
      redirects: [],
      body: (async function* () {
        yield await Promise.resolve(bytes)
      })(),
      bytes: () => Promise.resolve(bytes),
      text: () => Promise.resolve(bytes.toString()),
      close,
      [Symbol.asyncDispose]: close,
    })
  },
  fetch: () => {
    throw new Error('not used')
  },
}

/** The same functions without a thread. */
const workers: Workers = {
  run: ({ function: name, args }: Job) =>
    (page as unknown as Record<string, (...all: readonly unknown[]) => Promise<never>>)[name]!(
      ...args,
    ),
}

const folder = new URL('../', import.meta.url)
const options = { package: folder, plugin, name: 'web-scrape', services: { http, workers } }

toolSuite(options)

test('a page that its site closes is not visited', async () => {
  const bench = await toolBench(options)
  const run = bench.run({ url: 'https://example.com/closed', rate: 1000 })
  await expect(run).rejects.toMatchObject({ code: 'WEB_ROBOTS' })
  await bench[Symbol.asyncDispose]()
})

test('visits of one host wait for each other, those of two do not', async () => {
  const rate = new Rate()
  const { signal } = new AbortController()
  const started = performance.now()
  await Promise.all([rate.turn('a', 60, signal), rate.turn('b', 60, signal)])
  expect(performance.now() - started).toBeLessThan(40)
  await Promise.all([rate.turn('a', 60, signal), rate.turn('a', 60, signal)])
  expect(performance.now() - started).toBeGreaterThan(110)
  const stopped = rate.turn('a', 1000, AbortSignal.abort(new Error('enough')))
  await expect(stopped).rejects.toThrow('enough')
})

test.each([
  ['text/html; charset=utf-8', 'Käse', 'latin1', 'windows-1252', 'Käse'],
  ['text/html; charset=latin1', 'Käse', 'utf8', 'utf-8', 'Käse'],
  [
    'text/html',
    '<meta charset=windows-1252>Käse',
    'latin1',
    'windows-1252',
    '<meta charset=windows-1252>Käse',
  ],
  [
    'text/html',
    '<meta http-equiv=Content-Type content="text/html; charset=koi8-r">',
    'latin1',
    'koi8-r',
    undefined,
  ],
  ['text/html', '<meta charset=utf-16>é', 'utf8', 'utf-8', undefined],
  ['text/html; charset=hz-gb-2312', 'x', 'latin1', 'utf-8', 'x'],
] as const)('%s with %j in %s is %s', (type, text, written, charset, expected) => {
  const decoded = decode(Buffer.from(text, written), type)
  expect(decoded.charset).toBe(charset)
  expect(expected ?? decoded.text).toBe(decoded.text)
})

test('text has the lines of its blocks', async () => {
  const { parseHTML } = await import('linkedom')
  const of = (html: string): string =>
    plainText(parseHTML(`<html><body>${html}</body></html>`).document.body as never)
  expect(of('a  b\n c<br>d<div>e</div>f<p>g</p><p>h</p>')).toBe('a b c\nd\ne\nf\n\ng\n\nh')
  expect(of('<pre> x\n  y </pre>z')).toBe('x\n  y\n\nz')
  expect(of('<b>a</b> <i>b</i>')).toBe('a b')
})
