import { expect } from 'vitest'
import type { test } from 'vitest'
import type { ModelChunk, ModelRequest } from '../contracts/provider.ts'
import { all, options, request } from './provider-kit.ts'
import type { ProviderUnderTest, ProviderWay } from './provider-kit.ts'

type Can = (...wanted: ProviderWay[]) => ReturnType<typeof test.runIf>

/** The smallest picture: one transparent pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

/** Pictures that go in, and tokens that come out. */
export function mediaTests(can: Can, it: () => ProviderUnderTest): void {
  can('say', 'image')('sends a picture to its server', async ({ skip }) => {
    if (!it().seen) return skip('it has no server')
    const data = new Uint8Array(Buffer.from(PIXEL, 'base64'))
    const content = [
      { type: 'text', text: 'What is it?' },
      { type: 'file', mime: 'image/png', data },
    ] as const
    const asked: ModelRequest = { messages: [{ role: 'user', content }] }
    await it().provider.generate(it().behave({ say: 'A pixel.' }), asked, options())
    expect(it().seen!().body).toContain(PIXEL)
  })

  const said = { say: 'Yes.', usage: { input: 100, output: 50, cached: 60, thought: 20 } }
  const answers = {
    generate: async () => it().provider.generate(it().behave(said), request, options()),
    stream: () => all(it().provider.stream(it().behave(said), request, options())),
  }
  for (const [mode, answer] of Object.entries(answers)) {
    can('say', 'cached')(`counts what was kept: ${mode}`, async () => {
      expect(usageOf(await answer())).toMatchObject({ inputTokens: 100, cachedTokens: 60 })
    })

    can('say', 'thought')(`counts what was thought: ${mode}`, async () => {
      expect(usageOf(await answer())).toMatchObject({ outputTokens: 50, reasoningTokens: 20 })
    })
  }
}

function usageOf(chunks: readonly ModelChunk[]) {
  const last = chunks.at(-1)
  return last?.type === 'finish' ? last.usage : undefined
}
