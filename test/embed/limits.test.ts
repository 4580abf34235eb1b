import { createRuntime, type Script } from '@llmspell/runtime'
import { afterAll, describe, expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'

const runtime = createRuntime({ root: ROOT })
afterAll(() => runtime.dispose())

const cameOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'none',
    (error: unknown) => (error as { code?: string }).code,
  )
const READS = 'return #Tool.file_read{ path = "README.md" }.text'
const as = (options: object): Script => ({ source: READS, ...options })

describe('rights', () => {
  test.each<[string, object, string]>([
    ['no layer', { grants: [] }, 'PERMISSION_DENIED'],
    ['text in the place of a list', { allow: { read: './nothing' } }, 'INPUT_INVALID'],
    [
      'text that is denied',
      { allow: { read: ['.'] }, deny: { read: 'README.md' } },
      'INPUT_INVALID',
    ],
    ['a misspelt name', { allow: { read: ['.'] }, deny: { raed: ['README.md'] } }, 'INPUT_INVALID'],
    ['null grants nothing', { allow: null }, 'PERMISSION_DENIED'],
    ['a layer without rights', { grants: [{ holder: 'me' }] }, 'INPUT_INVALID'],
    ['layers that are none', { grants: { allow: {} } }, 'INPUT_INVALID'],
    ['a list', { allow: { read: ['.'] } }, 'none'],
    ['a name of a plugin', { allow: { read: ['.'], 'my-own': ['x'] } }, 'none'],
  ])('%s', async (_, options, code) => {
    expect(await cameOf(runtime.run(as(options)))).toBe(code)
    const tool = runtime.tool('file-read').invoke({ path: 'README.md' }, options)
    expect(await cameOf(tool)).toBe(code)
  })
})

describe('limits', () => {
  const LOOP = 'for _ = 1, 5 do Tool.uuid{} end return 1'

  test.each<[string, object, string]>([
    ['no number', { limits: { calls: Number.NaN } }, 'INPUT_INVALID'],
    ['text', { limits: { timeMs: '5' } }, 'INPUT_INVALID'],
    ['less than nothing', { timeoutMs: -1 }, 'INPUT_INVALID'],
    ['another place', { isolation: 'moon' }, 'INPUT_INVALID'],
    ['without end', { timeoutMs: Infinity, limits: { calls: Infinity } }, 'none'],
    ['longer than a timer counts', { timeoutMs: 1e12 }, 'none'],
    ['met', { limits: { calls: 3 } }, 'BUDGET_EXCEEDED'],
  ])('%s', async (_, options, code) => {
    expect(await cameOf(runtime.run({ source: LOOP, ...options } as Script))).toBe(code)
  })

  test.each(['lua', 'javascript'])(
    '%s that is ended at any moment leaves nothing behind',
    async (engine) => {
      const source = engine === 'lua' ? 'while true do end' : 'while (true) {}'
      // A rejection that nobody takes fails this file.
      for (let n = 0; n < 20; n++)
        expect(await cameOf(runtime.run({ source, engine, timeoutMs: 1 + (n % 6) }))).toBe(
          'TIMEOUT',
        )
    },
  )
})
