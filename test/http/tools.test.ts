import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunRequest, ToolResult } from '@llmspell/sdk'
import { sourceHouse, type SourceHouse } from '../tools/house.ts'
import { BIG, POEM } from './pages.ts'
import { Site } from './site.ts'

const PLUGINS = [
  'permissions',
  'secrets',
  'files',
  'artifacts',
  'http',
  'sandbox',
  'tools',
  'tool-http-request',
  'tool-web-scrape',
  'script-runtime',
  'engine-lua',
  'engine-javascript',
]

let house: SourceHouse
let site: Site
let other: Site

beforeAll(async () => {
  process.env['SITE_TOKEN'] = 'very-secret-token'
  ;[house, site, other] = await Promise.all([sourceHouse(PLUGINS), Site.start(), Site.start()])
  site.other = other
})

afterAll(async () => {
  delete process.env['SITE_TOKEN']
  await house[Symbol.asyncDispose]()
  await Promise.all([site[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
})

beforeEach(() => {
  site.reset()
  other.reset()
})

const allow = (): NonNullable<RunRequest['allow']> => ({
  net: [site.origin, other.origin],
  'net-private': [site.origin, other.origin],
  secret: ['env:SITE_TOKEN'],
  env: ['SITE_TOKEN'],
})

async function tool(
  name: string,
  input: object,
  options: Partial<RunRequest> = {},
): Promise<ToolResult> {
  const source = `return Tool.execute(${JSON.stringify(name)}, ${JSON.stringify(input)}, { onError: 'return' })`
  const { value } = await house.javascript(source, { allow: allow(), ...options })
  return value as unknown as ToolResult
}

async function request(path: string, more: object = {}, options: Partial<RunRequest> = {}) {
  const { success, result, error } = await tool(
    'http-request',
    { url: site.url(path), ...more },
    options,
  )
  return success ? (result as Record<string, unknown>) : (error as Record<string, unknown>)
}

describe('http-request', () => {
  test('gives status, headers and body, as what the body is', async () => {
    expect(await request('/json')).toMatchObject({
      status: 200,
      ok: true,
      encoding: 'json',
      json: { lamps: [1, 2, { on: true }] },
      bytes: 27,
      redirects: [],
    })
    expect(await request('/gzip')).toMatchObject({
      encoding: 'text',
      body: POEM,
      bytes: POEM.length,
    })
    expect(await request('/binary')).toMatchObject({ encoding: 'base64', body: 'AAEC/w==' })
    expect(await request('/notjson')).toMatchObject({ encoding: 'text', body: '{"a":' })
    expect(await request('/empty')).toMatchObject({ status: 204, bytes: 0 })
    expect(await request('/json', { method: 'HEAD' })).toMatchObject({ status: 200, bytes: 0 })
    expect(await request('/to-json')).toMatchObject({ redirects: [site.url('/to-json')] })
  })

  test('takes 4xx and 5xx for answers', async () => {
    expect(await request('/nowhere')).toMatchObject({
      status: 404,
      ok: false,
      body: 'nothing here',
    })
    expect(await request('/error', { response: 'json' })).toMatchObject({
      status: 500,
      body: 'broken',
    })
  })

  test('sends what it is given', async () => {
    const sent = async (more: object): Promise<unknown> =>
      (await request('/echo', { method: 'POST', ...more }))['json']
    expect(await sent({ json: { a: 1 } })).toMatchObject({
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await sent({ form: { a: 'b c', d: 'é' } })).toMatchObject({ body: 'a=b+c&d=%C3%A9' })
    expect(await sent({ base64: 'aGk=' })).toMatchObject({ body: 'hi' })
    expect(await sent({ body: 'hi', headers: { 'Content-Type': 'a/b' } })).toMatchObject({
      body: 'hi',
      headers: { 'content-type': 'a/b' },
    })
    expect(await sent({ query: { q: 'a b&c', n: 1, yes: true } })).toMatchObject({
      path: '/echo?q=a+b%26c&n=1&yes=true',
    })
  })

  test('sends keys by name, whose values never come back', async () => {
    for (const [auth, header] of [
      [{ bearer: 'env:SITE_TOKEN' }, 'authorization'],
      [{ basic: { user: 'me', password: 'env:SITE_TOKEN' } }, 'authorization'],
      [{ header: 'X-Api-Key', secret: 'env:SITE_TOKEN' }, 'x-api-key'],
    ] as const) {
      const answer = JSON.stringify(await request('/echo', { auth }))
      const seen = String(site.last.headers[header])
      expect(seen + Buffer.from(seen.slice(6), 'base64').toString()).toContain('very-secret-token')
      expect(answer).not.toContain('very-secret-token')
      expect(answer).not.toContain(Buffer.from('me:very-secret-token').toString('base64'))
    }
    await request('/to-other', {
      method: 'POST',
      body: 'x',
      auth: { header: 'X-Odd', secret: 'env:SITE_TOKEN' },
    })
    expect(JSON.stringify(other.last)).not.toContain('very-secret-token')
  })

  test.each([
    [{ auth: { bearer: 'env:OTHER' } }, 'PERMISSION_DENIED'],
    [{ auth: {} }, 'INPUT_INVALID'],
    [{ auth: { bearer: 'a', header: 'b', secret: 'c' } }, 'INPUT_INVALID'],
    [{ auth: { header: 'b' } }, 'INPUT_INVALID'],
    [{ auth: { bearer: 'env:SITE_TOKEN' }, headers: { Authorization: 'x' } }, 'INPUT_INVALID'],
    [{ body: 'x' }, 'INPUT_INVALID'],
    [{ method: 'POST', body: 'x', json: 1 }, 'INPUT_INVALID'],
    [{ method: 'POST', base64: '*' }, 'INPUT_INVALID'],
    [{ headers: { Host: 'x' } }, 'HTTP_HEADER'],
    [{ max_bytes: 3 }, 'HTTP_TOO_LARGE'],
  ])('refuses %j: %s', async (more, code) => {
    expect(await request('/plain', more)).toMatchObject({ code })
  })

  test.each([
    ['/binary-as-html', { response: 'text' }, 'HTTP_BINARY'],
    ['/notjson', { response: 'json' }, 'HTTP_NOT_JSON'],
    ['/unknown-charset', {}, 'HTTP_CHARSET'],
    ['/big', {}, 'HTTP_TOO_LARGE'],
    ['/silent', { timeouts: { headers: '50ms' } }, 'HTTP_TIMEOUT'],
    ['/drip', { timeouts: { total: 100 } }, 'HTTP_TIMEOUT'],
    ['/bomb-gzip', { max_bytes: 1e9 }, 'HTTP_TOO_LARGE'],
    ['/to-metadata', {}, 'PERMISSION_DENIED'],
  ])('refuses the answer of %s %j: %s', async (path, more, code) => {
    expect(await request(path, more)).toMatchObject({ code })
  })

  test('takes a page of bytes for bytes, whatever its type says', async () => {
    expect(await request('/binary-as-html')).toMatchObject({ encoding: 'base64' })
  })

  test('needs both rights, and says which is missing', async () => {
    for (const missing of ['net', 'net-private']) {
      const { [missing]: _, ...rest } = allow()
      expect(await request('/json', {}, { allow: rest })).toMatchObject({
        code: 'PERMISSION_DENIED',
        details: { permission: { permission: missing } },
      })
    }
    expect(site.connects).toBe(0)
  })

  test('asks a person once for both rights, who is told what will be sent', async () => {
    const asked: unknown[] = []
    const also: unknown[] = []
    const ask: RunRequest['ask'] = ({ need }) => {
      asked.push([need.permission, need.target, need.facts ?? null])
      also.push((need.also ?? []).map(({ permission }) => permission))
      return Promise.resolve('once')
    }
    const answer = await request('/json', {}, { allow: {}, ask })
    expect(answer).toMatchObject({ status: 200 })
    expect(asked).toEqual([['net', site.origin, { method: 'GET' }]])
    expect(also).toEqual([['net-private']])
    const no: RunRequest['ask'] = () => Promise.resolve('no')
    site.reset()
    expect(await request('/json', {}, { allow: {}, ask: no })).toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    expect(site.seen).toHaveLength(0)
  })

  test('may be made again and again by one run, with its key', async () => {
    const source = `
      local codes = {}
      for i = 1, 3 do
        local r = Tool.http_request{ url = "${site.url('/json')}", auth = { bearer = "env:SITE_TOKEN" } }
        codes[i] = r.result.status
      end
      return codes`
    expect((await house.lua(source, { allow: allow() })).value).toEqual([200, 200, 200])
  })

  test('streams from Lua, holding the server back', async () => {
    const source = `
      local bytes, chunks = 0, 0
      for chunk in Tool.stream("http-request", { url = "${site.url('/big')}" }) do
        bytes, chunks = bytes + #chunk.text, chunks + 1
      end
      return { bytes, chunks > 50 }`
    expect((await house.lua(source, { allow: allow() })).value).toEqual([BIG, true])
    const early = `
      for chunk in Tool.stream("http-request", { url = "${site.url('/endless')}" }) do break end
      return "left"`
    expect((await house.lua(early, { allow: allow() })).value).toBe('left')
    await expect.poll(() => site.last.cut).toBe(true)
  })

  test('streams from JavaScript', async () => {
    const source = `let n = 0
      for await (const chunk of await Tool.stream('http-request', { url: '${site.url('/gzip')}' })) n += chunk.text.length
      return n`
    expect((await house.javascript(source, { allow: allow() })).value).toBe(POEM.length)
  })
})

interface Pages {
  readonly count: number
  readonly pages: readonly {
    readonly url: string
    readonly title: string
    readonly content: string
    readonly charset: string
    readonly article: boolean
    readonly links: readonly { readonly url: string; readonly text: string }[]
    readonly picked: Record<string, unknown>
    readonly removed: { readonly characters: number; readonly elements: number }
  }[]
  readonly failed: readonly { readonly url: string; readonly code: string }[]
}

async function scrape(
  path: string,
  more: object = {},
  options: Partial<RunRequest> = {},
): Promise<Pages> {
  const input = { url: site.url(path), rate: 1000, ...more }
  const { success, result, error } = await tool('web-scrape', input, options)
  return (success ? result : error) as unknown as Pages
}
const first = async (path: string, more: object = {}) => (await scrape(path, more)).pages[0]!

describe('web-scrape', () => {
  test('reads a page as text, Markdown, HTML, links and by selectors', async () => {
    const text = await first('/')
    expect(text).toMatchObject({ title: 'Lamps & kettles', article: true, charset: 'utf-8' })
    expect(text.content).toMatch(/^The lamps of the old town/)
    expect(text.content).not.toContain('Home')
    expect((await first('/', { readable: false })).content).toContain('Home')
    const markdown = await first('/', { as: 'markdown', readable: false })
    expect(markdown.content).toContain('# Lamps')
    expect(markdown.content).toContain(`[two](${site.url('/two')})`)
    expect((await first('/', { as: 'html' })).content).toContain(
      `<a href="${site.url('/two')}">two</a>`,
    )
    expect((await first('/', { as: 'links' })).links.map((link) => link.text)).toEqual([
      'Home',
      'two',
    ])
    const selectors = {
      title: 'h1',
      to: { selector: 'a', attribute: 'href', all: true },
      none: '.none',
    }
    expect((await first('/', { as: 'selectors', selectors })).picked).toEqual({
      title: 'Lamps',
      to: [site.url('/home'), site.url('/two')],
      none: null,
    })
  })

  test('keeps rows, cells and lines apart', async () => {
    expect((await first('/table', { readable: false })).content).toBe(
      'lamp\tprice\ntall\t3\n\na\nb\n\nx\n  y',
    )
  })

  test.each([
    ['/latin1', 'windows-1252'],
    ['/meta', 'windows-1252'],
    ['/wrong', 'windows-1252'],
    ['/wrong-too', 'utf-8'],
    ['/unknown-charset', 'utf-8'],
    ['/utf16', 'utf-16le'],
  ])('reads %s as %s', async (path, charset) => {
    expect(await first(path)).toMatchObject({ title: 'Käse', charset })
    expect((await first(path)).content).toContain('Käse')
  })

  test('leaves out what nobody sees, and counts it', async () => {
    const page = await first('/hidden', { readable: false })
    expect(page).toMatchObject({ title: 'Hidden', removed: { elements: 7, characters: 5 } })
    expect(page.content).toBe('Seen words.\n\nAlso seen.')
  })

  test('takes links for data', async () => {
    const page = await first('/links', { as: 'links' })
    expect(page.links).toEqual([
      { url: 'https://base.example/d/a', text: 'A' },
      { url: 'https://other.example/x', text: 'B' },
      { url: 'https://base.example/d/a#again', text: 'A' },
      { url: 'https://base.example/c', text: 'C' },
    ])
    const html = await first('/links', { as: 'html', readable: false })
    expect(html.content).not.toMatch(/javascript:|data:|onclick|style=|srcset|iframe|u:p@/)
    expect((await first('/refresh')).content).toBe('Stay')
    expect(site.seen.filter((seen) => seen.path === '/two')).toHaveLength(0)
  })

  test('follows links on the same origin, near ones first, each once', async () => {
    const { pages, failed, count } = await scrape('/', { follow: 5 })
    expect(pages.map((page) => page.url)).toEqual(
      ['/', '/two', '/three'].map((path) => site.url(path)),
    )
    expect(failed.map(({ url, code }) => [url, code])).toEqual([
      [site.url('/home'), 'WEB_STATUS'],
      [site.url('/gone'), 'WEB_STATUS'],
    ])
    expect(count).toBe(3)
    expect((await scrape('/', { follow: 5, limit: 1 })).count).toBe(1)
    expect((await scrape('/', { follow: 1 })).count).toBe(2)
  })

  test('heeds robots.txt, asked for once, unless told not to', async () => {
    site.robots = 'User-agent: *\nDisallow: /private\nDisallow: /two'
    expect(await scrape('/private')).toMatchObject({ code: 'WEB_ROBOTS' })
    expect(site.seen.map((seen) => seen.path)).toEqual(['/robots.txt'])
    expect(site.last.headers['user-agent']).toBe('llmspell')
    const urls = ['/private', '/', '/three'].map((path) => site.url(path))
    const { result } = await tool('web-scrape', { urls, rate: 1000 })
    expect(result).toMatchObject({ count: 2, failed: [{ url: urls[0], code: 'WEB_ROBOTS' }] })
    expect(site.seen.filter((seen) => seen.path === '/robots.txt')).toHaveLength(2)
    expect((await scrape('/private', { robots: false })).count).toBe(1)
  })

  test('keeps to its pace', async () => {
    const started = performance.now()
    const urls = ['/two', '/three', '/private'].map((path) => site.url(path))
    await tool('web-scrape', { urls, rate: 5, robots: false })
    await tool('web-scrape', { urls: urls.slice(0, 1), rate: 5, robots: false })
    expect(performance.now() - started).toBeGreaterThan(590)
    site.robots = 'User-agent: *\nCrawl-delay: 0.3'
    const slow = performance.now()
    await tool('web-scrape', { urls, rate: 1000 })
    expect(performance.now() - slow).toBeGreaterThan(590)
  })

  test.each([
    ['/deep', 'WEB_TOO_COMPLEX'],
    ['/wide', 'WEB_TOO_COMPLEX'],
    ['/huge', 'HTTP_TOO_LARGE'],
    ['/binary', 'WEB_NO_PAGE'],
    ['/binary-as-html', 'WEB_NO_PAGE'],
    ['/nowhere', 'WEB_STATUS'],
    ['/to-self', 'HTTP_REDIRECT'],
    ['/to-file', 'HTTP_REDIRECT'],
    ['/to-metadata', 'PERMISSION_DENIED'],
    ['/bomb-gzip', 'HTTP_TOO_LARGE'],
  ])('refuses %s: %s', async (path, code) => {
    expect(await scrape(path)).toMatchObject({ code })
  })

  test('refuses what it cannot do', async () => {
    const bad = async (input: object) => (await tool('web-scrape', input)).error
    expect(await bad({})).toMatchObject({ code: 'INPUT_INVALID' })
    expect(await bad({ url: 'x', as: 'selectors' })).toMatchObject({ code: 'INPUT_INVALID' })
    expect(await bad({ url: 'x', selectors: { a: 'b' } })).toMatchObject({ code: 'INPUT_INVALID' })
    expect(await bad({ url: 'file:///etc/passwd' })).toMatchObject({ code: 'HTTP_URL' })
    const selectors = { a: 'h1[[' }
    expect(await scrape('/', { as: 'selectors', selectors })).toMatchObject({
      code: 'WEB_SELECTOR',
    })
  })

  test('needs both rights', async () => {
    for (const missing of ['net', 'net-private']) {
      const { [missing]: _, ...rest } = allow()
      expect(await scrape('/', {}, { allow: rest })).toMatchObject({ code: 'PERMISSION_DENIED' })
    }
    expect(site.connects).toBe(0)
  })

  test('streams pages as data from Lua', async () => {
    const source = `
      local titles = {}
      for chunk in Tool.stream("web-scrape", { url = "${site.url('/')}", follow = 2, rate = 1000, as = "links" }) do
        if chunk.type == "data" then titles[#titles + 1] = chunk.data.title end
      end
      return titles`
    expect((await house.lua(source, { allow: allow() })).value).toEqual([
      'Lamps & kettles',
      'Two',
      'Three',
    ])
  })

  test('marks what it gives as untrusted', async () => {
    const { metadata } = await tool('web-scrape', { url: site.url('/'), rate: 1000 })
    expect(metadata.untrusted).toBe(true)
  })
})
