import { toolBench, toolSuite } from '@llmspell/sdk/testing'
import { expect, test } from 'vitest'
import plugin from './index.ts'

const options = { package: new URL('../', import.meta.url), plugin, name: 'my-plugin' }

// What every tool promises: its manifest, its schemas, its examples, cancelling, plain results.
toolSuite(options)

test.each([
  ['', 0, 0],
  ['  one  two ', 2, 1],
  ['a\nb c\n', 3, 3],
])('counts %j', async (text, words, lines) => {
  const bench = await toolBench(options)
  expect((await bench.run({ text })).result).toEqual({ words, lines })
})
