import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message, ModelChunk, ModelSettings } from '../contracts/provider.ts'
import { all, failureOf, options, request, SHAPE, SUM, textOf, userSays } from './provider-kit.ts'
import type { ProviderSuite, ProviderUnderTest, ProviderWay } from './provider-kit.ts'
import { failureTests } from './provider-failures.ts'
import { mediaTests } from './provider-media.ts'
import { serverTests } from './provider-server.ts'

export type {
  ProviderBehaviour,
  ProviderFault,
  ProviderSuite,
  ProviderUnderTest,
  ProviderWay,
  SaidUsage,
  SeenByServer,
} from './provider-kit.ts'
export { DRIP } from './provider-kit.ts'

const api = test

/**
 * The contract of the point `providers` as tests: call it at the top of a test file.
 *
 * @example
 * providerSuite({ name: 'mock', open: () => ({ provider, behave }), ways: ['say', 'call'] })
 */
export function providerSuite({ name, open, ways, lacks = [] }: ProviderSuite): void {
  describe(`provider ${name}`, () => {
    let it: ProviderUnderTest
    beforeAll(async () => void (it = await open()))
    afterAll(() => it.close?.())
    const can = (...wanted: ProviderWay[]) => api.runIf(wanted.every((way) => ways.includes(way)))
    const modes = {
      generate: async (model: ModelSettings, asked = request, given = options()) =>
        it.provider.generate(model, asked, given),
      stream: async (model: ModelSettings, asked = request, given = options()) =>
        all(it.provider.stream(model, asked, given)),
    }

    describe.each(['generate', 'stream'] as const)('%s', (mode) => {
      const ask = modes[mode]

      can('say')('gives the text, then one finish with usage', async () => {
        const chunks = await ask(it.behave({ say: 'Grüße, große 🌍 Welt' }))
        expect(textOf(chunks)).toBe('Grüße, große 🌍 Welt')
        expect(chunks.filter(({ type }) => type === 'finish')).toHaveLength(1)
        const finish = chunks.at(-1) as Extract<ModelChunk, { type: 'finish' }>
        expect(finish).toMatchObject({ type: 'finish', reason: 'stop' })
        expect(finish.usage.inputTokens).toBeGreaterThan(0)
        expect(finish.usage.outputTokens).toBeGreaterThan(0)
      })

      can('call')('gives calls of tools with ids of their own', async () => {
        const call = [
          { name: 'sum', input: { a: 1, b: 2 } },
          { name: 'sum', input: { a: 3, b: 4 } },
        ]
        const chunks = await ask(it.behave({ call }))
        const calls = chunks.filter((chunk) => chunk.type === 'tool_call')
        expect(calls.map(({ name: tool, input }) => ({ name: tool, input }))).toEqual(call)
        expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
        expect(chunks.at(-1)).toMatchObject({ type: 'finish', reason: 'tool_calls' })
      })

      can('say')('takes a conversation with calls and results', async () => {
        const messages: Message[] = [
          { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
          userSays('1 + 2?'),
          {
            role: 'assistant',
            content: [{ type: 'tool_call', id: 'call_1', name: 'sum', input: { a: 1, b: 2 } }],
          },
          {
            role: 'tool',
            content: [{ type: 'tool_result', id: 'call_1', name: 'sum', text: '3', failed: false }],
          },
        ]
        const chunks = await ask(it.behave({ say: 'Three.' }), { messages, tools: [SUM] })
        expect(chunks.at(-1)).toMatchObject({ type: 'finish' })
      })

      can('say')('takes a schema', async () => {
        const model = it.behave({ say: '{"vendor":"mock","total":0}' })
        const chunks = await ask(model, { messages: [userSays('The bill?')], schema: SHAPE })
        const answer = JSON.parse(textOf(chunks)) as Record<string, unknown>
        expect(answer).toEqual({ vendor: expect.any(String), total: expect.any(Number) })
      })

      can('broken')('reports arguments that are no JSON', async () => {
        const raw = '{"a": 1, "b"'
        const chunks = await ask(it.behave({ broken: raw }))
        const broken = chunks.find((chunk) => chunk.type === 'tool_call_invalid')
        expect(broken).toMatchObject({ name: 'sum', problem: expect.any(String) })
        expect(chunks.some(({ type }) => type === 'tool_call')).toBe(false)
      })

      failureTests(can, () => it, ask)

      can('hang')('ends with CANCELLED as soon as it is aborted', async () => {
        const controller = new AbortController()
        const work = ask(it.behave({ fail: 'hang' }), request, options(controller.signal))
        setTimeout(() => controller.abort(), 30)
        expect((await failureOf(work)).code).toBe('CANCELLED')
      })

      can('say')('does not begin when it is aborted already', async () => {
        const work = ask(it.behave({ say: 'No.' }), request, options(AbortSignal.abort()))
        expect((await failureOf(work)).code).toBe('CANCELLED')
      })
    })

    can('say')('streams in pieces', async () => {
      const chunks = await modes.stream(it.behave({ say: 'one two three' }))
      expect(chunks.filter(({ type }) => type === 'text').length).toBeGreaterThan(1)
    })

    can('cut')('fails when a stream breaks off, after its chunks', async () => {
      const chunks: ModelChunk[] = []
      const stream = it.provider.stream(it.behave({ fail: 'cut' }), request, options())
      const error = await failureOf(
        (async () => {
          for await (const chunk of stream) chunks.push(chunk)
        })(),
      )
      expect(error.code).toBe('PROVIDER_FAILED')
      expect(error.details).toMatchObject({ retryable: true, partial: textOf(chunks) })
      expect(textOf(chunks)).not.toBe('')
      expect(chunks.some(({ type }) => type === 'finish')).toBe(false)
    })

    mediaTests(can, () => it)
    serverTests(() => it, can('say'), lacks)
  })
}
