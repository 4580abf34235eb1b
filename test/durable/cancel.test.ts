// A run that is cancelled lives once more: what happens then has the rights of that moment.
import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin } from '@llmspell/sdk'
import type { GrantChain, ScriptCall } from '@llmspell/sdk'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { durableHouse, LANGUAGES, request, World } from './house.ts'
import type { Pair } from './house.ts'

/** The rights that each life of the run had. */
const seen: GrantChain[] = []

const MODULE = {
  name: 'Rights',
  version: '1.0.0',
  doc: 'What a run may do.',
  functions: { look: { doc: 'Looks at it.', effect: 'composed', params: [] } },
} as const
const rights: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'rights',
    main: './rights.js',
    phase: 'core',
    contributes: { 'script-modules': [{ name: 'Rights', doc: MODULE.doc, module: MODULE }] },
  },
  plugin: definePlugin({
    setup: (ctx) =>
      ctx.contribute('script-modules', 'Rights', {
        functions: { look: ({ context }: ScriptCall<[]>) => void seen.push(context.grants) },
      }),
  }),
}

const WAITS: Pair = {
  lua: `Rights.look() Run.wait_for("go")`,
  javascript: `await Rights.look(); await Run.waitFor('go')`,
}
const allow = { read: ['/old'] }
const chain = (read: readonly string[]): GrantChain => [{ holder: 'command line', allow: { read } }]

const house = await durableHouse(new World(), undefined, [rights])
afterAll(() => house.kernel.stop())
beforeEach(() => {
  seen.length = 0
})

describe.each(LANGUAGES)('in %s', (language) => {
  test.each([
    ['those that are given', chain(['/new']), chain(['/new'])],
    ['those it was started with where none are given', undefined, [{ allow }]],
  ])('a run that was left and is cancelled has %s', async (name, grants, expected) => {
    const runId = `${language} ${name}`.replaceAll(' ', '-')
    const left = request(WAITS, language, runId, { allow, durable: { runId, waitMs: 0 } })
    await expect(house.runtime.run(left)).rejects.toMatchObject({ code: 'RUN_WAITING' })
    await house.runtime.cancel(runId, { reason: 'enough', ...(grants ? { grants } : {}) })
    const executor = await house.runtime.executor()
    expect(await executor.get(runId)).toMatchObject({ status: 'cancelled' })
    expect(seen).toMatchObject([[{ allow }], expected])
  })
})
