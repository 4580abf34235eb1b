import type { PluginChange } from '@llmspell/sdk'
import { expect, test } from 'vitest'
import { changeText } from './acts.ts'

test.each<[PluginChange['action'], string | undefined, string, string]>([
  ['install', undefined, '1.0.0', 'own 1.0.0 is installed.'],
  ['update', '1.0.0', '1.1.0', 'own is updated: 1.0.0 → 1.1.0.'],
  ['update', '1.1.0', '1.1.0', 'own 1.1.0 is installed again.'],
  ['update', '1.10.0', '1.9.0', 'own is taken back: 1.10.0 → 1.9.0.'],
])('%s from %s to %s is told as it is', (action, before, version, told) => {
  const change = { action, id: 'own', version, ...(before === undefined ? {} : { before }) }
  expect(changeText(change as PluginChange)).toBe(told)
})
