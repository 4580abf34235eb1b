import { readFileSync } from 'node:fs'
import type { Manifest, ScriptCall } from '@llmspell/sdk'
import { scriptModuleSuite, testHost } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import plugin from './index.ts'

const file = new URL('../package.json', import.meta.url)
const { llmspell: manifest } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly llmspell: Manifest
}

// What every module promises: a description that is whole, a handler for each function, checked arguments.
scriptModuleSuite({ package: new URL('../', import.meta.url), plugin, name: 'MyPlugin' })

test.each([
  ['Hello, World!', undefined, 'hello-world'],
  ['Grüße aus Köln', '_', 'gru_e_aus_koln'],
  ['…', undefined, ''],
])('makes a name of %j', async (title, separator, expected) => {
  await using host = await testHost(plugin, { manifest })
  const { functions } = host.contribution('script-modules', 'MyPlugin')
  const call = { args: [title, separator] } as unknown as ScriptCall<never>
  expect(functions['slug']!(call)).toBe(expected)
})
