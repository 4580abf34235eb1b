import { readFileSync } from 'node:fs'
import type { Manifest, ProviderItem } from '@llmspell/sdk'
import { testHost } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import { openLanguageModels } from '../../../test/support/language-models.ts'
import plugin from './index.ts'

const json = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
const { llmspell: manifest } = JSON.parse(json) as { readonly llmspell: Manifest }
const [item] = manifest.contributes!['providers'] as readonly ProviderItem[]

test('the SDK is not loaded before the first call', async () => {
  const services = { 'language-models': openLanguageModels() }
  const host = await testHost(plugin, { manifest, services })
  expect(host.contribution('providers', 'google')).toMatchObject({})
  await host.dispose()
  for (const file of ['index', 'list', 'provider', 'rules']) {
    const source = readFileSync(new URL(`./${file}.ts`, import.meta.url), 'utf8')
    expect(source).not.toMatch(/^import (?!type)[^;]*?from '@ai-sdk/m)
  }
})

test('models have a size and prices that fit together', () => {
  const { models = [] } = item!
  expect(new Set(models.map(({ id }) => id)).size).toBe(models.length)
  for (const { context = 0, maxOutput = 0, priceIn = 0, priceOut = 0, priceCached = 0 } of models) {
    expect(context).toBeGreaterThanOrEqual(maxOutput)
    expect(maxOutput).toBeGreaterThan(0)
    expect(priceOut).toBeGreaterThan(priceIn)
    expect(priceIn).toBeGreaterThan(priceCached)
  }
})
