import type { ModelRequest, TapedModel } from '@llmspell/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sidecar } from './bytes.ts'
import type { TapedRequest } from './cassette.ts'
import { byContent, keyOf, tapedRequest } from './request.ts'

const MODEL: TapedModel = {
  provider: 'openai',
  model: 'q',
  item: { id: 'q' },
  settings: {},
  verbs: [],
  unnamed: false,
}
const said = (text: string): ModelRequest => {
  return { messages: [{ role: 'user', content: [{ type: 'text', text }] }] }
}
const taped = (request: ModelRequest, model: Partial<TapedModel> = {}): TapedRequest =>
  tapedRequest({ ...MODEL, ...model }, { call: 'stream', request }, [], new Map())

test('a request holds what was asked, and of an address its origin', () => {
  const baseUrl = 'https://user:word@lab.example:8443/v1?key=abc'
  const request = { ...said('hi'), temperature: 0, seed: undefined, toolChoice: 'auto' }
  expect(
    taped(request as unknown as ModelRequest, { baseUrl, settings: { top_k: 3, gone: undefined } }),
  ).toEqual({
    call: 'stream',
    provider: 'openai',
    model: 'q',
    base_url: 'https://lab.example:8443',
    settings: { top_k: 3 },
    options: { temperature: 0, toolChoice: 'auto' },
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  })
})

test('patterns and what is not said make no difference', () => {
  const volatile = [
    { pattern: /\d+/gu, as: '<n>' },
    { pattern: 'run-7', as: '<run>' },
  ]
  const of = (text: string) =>
    keyOf(tapedRequest(MODEL, { call: 'stream', request: said(text) }, volatile, new Map()))
  expect(of('day 12 of 31')).toBe(of('day 1 of 5'))
  expect(of('day 12 of 31')).not.toBe(of('night 12 of 31'))
})

test('bytes are the same as bytes, as base64 and as a data URL; addresses stay', () => {
  const bytes = new Uint8Array([1, 2, 3])
  const of = (data: Uint8Array | string, sidecar: Sidecar = new Map()) =>
    keyOf(
      tapedRequest(
        MODEL,
        {
          call: 'stream',
          request: {
            messages: [{ role: 'user', content: [{ type: 'file', mime: 'image/png', data }] }],
          },
        },
        [],
        sidecar,
      ),
    )
  const sidecar: Sidecar = new Map()
  expect(of('AQID', sidecar)).toBe(of(bytes))
  expect(of('data:image/png;base64,AQID')).toBe(of(bytes))
  expect([...sidecar.values()].map((each) => [...each])).toEqual([[1, 2, 3]])
  expect(of('https://example.com/a.png')).toContain('https://example.com/a.png')
})

test('an order that depends on nothing but content', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'ab'), { maxLength: 4 })
  const request = fc
    .record({ texts, attempt: fc.integer({ min: 1, max: 3 }) })
    .map(({ texts: all, attempt }) =>
      tapedRequest(
        MODEL,
        {
          call: 'stream',
          attempt,
          request: { messages: all.flatMap((text) => said(text).messages) },
        },
        [],
        new Map(),
      ),
    )
  fc.assert(
    fc.property(fc.array(request), fc.nat(), (requests, turn) => {
      const turned = [...requests.slice(turn % 7), ...requests.slice(0, turn % 7)]
      expect(turned.sort(byContent).map(keyOf)).toEqual([...requests].sort(byContent).map(keyOf))
    }),
  )
  const [first, second] = [['a'], ['a', 'b']].map((all) =>
    taped({ messages: all.flatMap((text) => said(text).messages) }),
  )
  expect(byContent(first!, second!)).toBeLessThan(0)
})
