import { REF } from '@llmspell/sdk'
import type { ScriptModule, Value } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHost } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engine } from './engine.ts'

const MODULE: ScriptModule = {
  name: 'Value',
  version: '1.0.0',
  doc: '',
  functions: {
    get: { doc: '', params: [] },
    put: { doc: '', params: [{ name: 'value', schema: {} }] },
  },
}

let host: EngineHost
let given: Value | undefined
let taken: Value | undefined

beforeAll(async () => {
  host = await openEngineHost(engine, 'main.lua', {
    modules: [MODULE],
    functions: {
      'Value.get': () => given,
      'Value.put': ({ args }) => {
        taken = args[0]
        return undefined
      },
    },
  })
})
afterAll(() => host.session.close())

async function through(value: Value | undefined): Promise<Value | undefined> {
  given = value
  await host.run('Value.put(Value.get())')
  return taken
}

const key = fc
  .string({ unit: 'binary' })
  .filter((name) => !['__proto__', 'constructor', 'prototype', REF].includes(name))
const leaf = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 2000 }),
)
/** Nulls only where they have a place: inside arrays. Empty objects are their own thing everywhere. */
const { tree } = fc.letrec<{ tree: Value; list: Value }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    tie('list'),
    fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
  ),
  list: fc.array(fc.oneof(tie('tree'), fc.constant(null)), { maxLength: 8 }) as fc.Arbitrary<Value>,
}))

/** A -0 crosses as 0. */
const normal = (value: unknown): unknown =>
  typeof value === 'number'
    ? value + 0
    : typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, normal(v)]))
      : Array.isArray(value)
        ? value.map(normal)
        : value

describe('values', () => {
  it('pass through Lua unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (value) => {
        expect(normal(await through(value))).toEqual(normal(value))
      }),
      { numRuns: 300 },
    )
  })

  it('pass through Lua as bytes unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect(await through(bytes)).toEqual(bytes)
      }),
    )
  })

  const whole = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e15]
  it.each(whole)(
    'keep the whole number %d exactly, as a float where 32 bits are too few',
    async (n) => {
      given = n
      const kind = (n | 0) === n ? 'integer' : 'float'
      await host.run(`local v = Value.get() assert(math.type(v) == '${kind}') Value.put(v)`)
      expect(taken).toBe(n)
    },
  )

  it('carry large text', async () => {
    const text = 'ä€🌍x'.repeat(60_000)
    expect(await through(text)).toBe(text)
  })

  it('leave null out of objects and keep it in arrays', async () => {
    expect(normal(await through({ a: null, b: [null] }))).toEqual({ b: [null] })
  })

  it('refuse lone surrogates of the host', async () => {
    await expect(through('\ud800')).rejects.toMatchObject({ code: 'VALUE_UNSUPPORTED' })
  })

  const shapes: readonly (readonly [string, unknown])[] = [
    ['Value.put(JSON.array{})', []],
    ['Value.put(JSON.object{})', {}],
    ['Value.put{}', {}],
    ['Value.put{ JSON.null }', [null]],
    ['Value.put{ a = JSON.null }', { a: null }],
    ['Value.put(JSON.array{ 1, nil, 3 })', [1, null, 3]],
    ['local t = {} t[3] = 3 t[1] = 1 t[2] = 2 Value.put(t)', [1, 2, 3]],
    ['local t = {} for i = 100, 1, -1 do t[i] = i end Value.put(#t)', 100],
    ['Value.put(nil)', undefined],
  ]
  it.each(shapes)('%s', async (source, expected) => {
    await host.run(source)
    expect(normal(taken)).toEqual(expected)
  })

  const refused = [
    'Value.put{ [1.5] = 1 }',
    'Value.put{ [true] = 1 }',
    'Value.put{ [-1] = 1 }',
    'Value.put{ [0] = 1 }',
    'Value.put{ 1, [5] = 2 }',
    'Value.put{ x = 1, 2 }',
    'Value.put(coroutine.create(print))',
    'Value.put(-math.huge)',
    'Value.put(0/0)',
    'Value.put(io.write)',
    'Value.put{ constructor = 1 }',
    'Value.put{ ["prototype"] = 1 }',
    'Value.put(JSON.array{ 1, [1e9] = 2 })',
    'Value.put(Async.spawn(print))',
  ]
  it.each(refused)('refuse %s', async (source) => {
    await expect(host.run(source)).rejects.toMatchObject({ code: 'VALUE_UNSUPPORTED' })
  })

  it('refuse more than 64 levels and take 64', async () => {
    const nest = (n: number) => `local t = {} for i = 2, ${n} do t = { t } end Value.put(t)`
    await host.run(nest(64))
    await expect(host.run(nest(65))).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' })
  })

  it('say that a module was called with a colon', async () => {
    await expect(host.run('Value:put(1)')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})
