import { readFileSync } from 'node:fs'
import type { Manifest, ToolFacts } from '@llmspell/sdk'
import { hookSuite, testHost } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import plugin from './index.ts'

const file = new URL('../package.json', import.meta.url)
const { llmspell: manifest } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly llmspell: Manifest
}

// What every hook promises: its taps and no more, answers that its points take, order, an end without leftovers.
hookSuite({ package: new URL('../', import.meta.url), plugin })

async function ask(text: string) {
  const config = { words: ['Top Secret'] }
  await using host = await testHost(plugin, {
    manifest,
    config,
    hooks: { 'tool.input': 'intercept' },
  })
  const facts = { tool: 'text', params: { text } } as unknown as ToolFacts
  return (await host.call('tool.input', facts)).verdict
}

test('lets a harmless input pass', async () => {
  expect(await ask('a word')).toBeUndefined()
})

test.each(['top secret', 'This is TOP SECRET.'])('refuses %j', async (text) => {
  expect(await ask(text)).toMatchObject({ type: 'cancel', reason: expect.any(String) as string })
})
