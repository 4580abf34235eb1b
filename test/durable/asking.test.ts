// In which order lanes ask depends on what is in memory; what their journal says must not.
import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin } from '@llmspell/sdk'
import type { ScriptCall } from '@llmspell/sdk'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, killBehind, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

/** Who has to load something before it asks: until the other one has asked. */
let slow: 'a' | 'b' | undefined
let gate = Promise.withResolvers<void>()
const asked: string[] = []

function lives(first: typeof slow): void {
  slow = first
  gate = Promise.withResolvers<void>()
  asked.length = 0
}

async function once({ args: [name], context }: ScriptCall<[string]>): Promise<string> {
  if (name === slow) await gate.promise
  asked.push(name)
  const settled = context.step('once', async () => `did ${name}`, { effect: 'idempotent' })
  gate.resolve()
  return settled
}

const text = { type: 'string' } as const
const params = [{ name: 'name', schema: text }]
const MODULE = {
  name: 'Lazy',
  version: '1.0.0',
  doc: 'Things that may have to be loaded.',
  functions: { once: { doc: 'Does a thing.', effect: 'composed', params, result: text } },
} as const
const lazy: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'lazy',
    main: './lazy.js',
    phase: 'core',
    contributes: { 'script-modules': [{ name: 'Lazy', doc: MODULE.doc, module: MODULE }] },
  },
  plugin: definePlugin({
    setup: (ctx) => ctx.contribute('script-modules', 'Lazy', { functions: { once } }),
  }),
}

const LANES: Pair = {
  lua: `return Async.all({ function() return Lazy.once("a") end, function() return Lazy.once("b") end })`,
  javascript: `return await Promise.all([Lazy.once('a'), Lazy.once('b')])`,
}
const GIVEN = ['did a', 'did b']

const world = new World()
const house = await durableHouse(world, undefined, [lazy])
afterAll(() => house.kernel.stop())
beforeEach(() => {
  world.at = () => {}
})

async function replayed(id: string): Promise<void> {
  for (const other of ['a', 'b', undefined] as const) {
    lives(other)
    const { report, result } = await house.runtime.replay(id)
    expect([other, report.difference, report.identical]).toEqual([other, undefined, true])
    expect(result?.value).toEqual(GIVEN)
  }
  expect(asked).toEqual(['a', 'b'])
}

describe.each(LANGUAGES)('lanes in %s', (language) => {
  const first = `${language}-lanes`

  test('are replayed byte by byte, whoever asks first', async () => {
    lives('a')
    expect((await house.runtime.run(request(LANES, language, first))).value).toEqual(GIVEN)
    expect(asked).toEqual(['b', 'a'])
    await replayed(first)
  })

  test('go on behind every record, whoever asks first', async () => {
    const { length } = await house.history(first)
    for (let n = 1; n < length - 2; n++) {
      const id = `${first}-${n}`
      lives('a')
      killBehind(world, house, id, n - 1)
      await house.runtime.run(request(LANES, language, id)).catch(() => {})
      lives('b')
      expect([n, (await house.runtime.resume(id)).value]).toEqual([n, GIVEN])
      const numbers = (await house.history(id)).flatMap((record) =>
        record.kind === 'call' ? [record.seq] : [],
      )
      expect([n, numbers.toSorted((a, b) => a - b)]).toEqual([n, [0, 1, 2, 3]])
      await replayed(id)
    }
  })
})
