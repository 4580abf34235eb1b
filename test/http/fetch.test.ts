import { createOpenAI } from '@ai-sdk/openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fetchOf } from '../../plugins/http/src/fetch.ts'
import { OpenAIServer } from '../support/openai-server.ts'
import { Site } from './site.ts'
import { openNet, type Net } from './support.ts'

let net: Net
let site: Site
let models: OpenAIServer

beforeAll(async () => {
  ;[net, site, models] = await Promise.all([openNet(), Site.start(), OpenAIServer.start()])
})

afterAll(async () => {
  await net[Symbol.asyncDispose]()
  await Promise.all([site[Symbol.asyncDispose](), models.close()])
})

beforeEach(() => site.reset())

const fetching = (access = net.access()): typeof fetch => fetchOf(net.client, access)

describe('fetch over the guarded client', () => {
  test('gives a Response of the standard', async () => {
    const response = await fetching()(site.url('/gzip'))
    expect(response).toBeInstanceOf(Response)
    expect(response).toMatchObject({
      ok: true,
      status: 200,
      url: site.url('/gzip'),
      redirected: false,
    })
    expect(await response.clone().text()).toBe(await response.text())
    const cookies = await fetching()(new URL(site.url('/cookies')))
    expect(cookies.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    await cookies.body?.cancel()
    expect((await fetching()(site.url('/empty'))).body).toBeNull()
  })

  test.each([
    ['text', 'hello', 'text/plain;charset=UTF-8'],
    [
      'a form',
      new URLSearchParams({ a: 'b c' }),
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['bytes', new TextEncoder().encode('hello'), undefined],
    ['a blob', new Blob(['hello'], { type: 'a/b' }), 'a/b'],
  ])('sends %s', async (_, body, type) => {
    const response = await fetching()(site.url('/echo'), { method: 'POST', body })
    const seen = (await response.json()) as { headers: Record<string, string>; body: string }
    expect([seen.body, seen.headers['content-type']]).toEqual([
      await new Response(body).text(),
      type,
    ])
  })

  test('takes a Request', async () => {
    const request = new Request(site.url('/echo'), {
      method: 'PUT',
      body: 'x',
      headers: { 'x-a': '1' },
    })
    const seen = (await (await fetching()(request)).json()) as { headers: object; body: string }
    expect(seen).toMatchObject({ method: 'PUT', body: 'x', headers: { 'x-a': '1' } })
  })

  test('never follows a redirect', async () => {
    const response = await fetching()(site.url('/to-json'))
    expect([response.status, response.headers.get('location')]).toEqual([302, '/json'])
    await expect(fetching()(site.url('/to-json'), { redirect: 'error' })).rejects.toMatchObject({
      code: 'HTTP_REDIRECT',
    })
  })

  test('fails as fetch does where the network fails, and with our code where it may not', async () => {
    const error = await fetching()(site.url('/broken')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ cause: { code: 'HTTP_FAILED' } })
    await expect(fetching(net.access({}))(site.url('/json'))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await expect(fetching()('nonsense')).rejects.toMatchObject({ code: 'HTTP_URL' })
  })

  test('ends with the reason of its signal, before and while the body is read', async () => {
    const stop = new AbortController()
    const response = await fetching()(site.url('/drip'), { signal: stop.signal })
    const reading = response.text()
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(reading).rejects.toBe(reason)
    await expect(fetching()(site.url('/json'), { signal: stop.signal })).rejects.toBe(reason)
    await expect.poll(() => site.last.cut).toBe(true)
  })

  test('leaves the server when the reader leaves', async () => {
    const response = await fetching()(site.url('/big'))
    await response.body!.getReader().cancel()
    await expect.poll(() => site.last.cut).toBe(true)
  })
})

describe('the AI SDK over it', () => {
  const model = (access = net.access()) =>
    createOpenAI({ baseURL: models.baseUrl, apiKey: 'sk-test', fetch: fetching(access) }).chat(
      'gpt-4o-mini',
    )
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }]

  test('answers', async () => {
    models.reset(() => ({ text: 'Hello there.' }))
    const { content } = await model().doGenerate({ prompt })
    expect(content).toMatchObject([{ type: 'text', text: 'Hello there.' }])
    expect(models.last.headers['authorization']).toBe('Bearer sk-test')
  })

  test('streams, word by word', async () => {
    models.reset(() => ({ text: 'One two three four.', delayMs: 5, bytewise: true }))
    const { stream } = await model().doStream({ prompt })
    const words: string[] = []
    for await (const part of stream) if (part.type === 'text-delta') words.push(part.delta)
    expect(words.join('')).toBe('One two three four.')
    expect(words.length).toBeGreaterThan(1)
  })

  test('ends with its signal', async () => {
    models.reset(() => ({ hang: true }))
    const stop = new AbortController()
    const asking = model().doGenerate({ prompt, abortSignal: stop.signal })
    setTimeout(() => stop.abort(), 50)
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' })
    await expect.poll(() => models.last.closed).toBe(true)
  })

  test('is refused where it may not connect', async () => {
    await expect(model(net.access({})).doGenerate({ prompt })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
  })
})
