import type { Value } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHost } from '@llmspell/sdk/testing'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { engine } from './index.ts'

const Demo = {
  name: 'Demo',
  version: '1.0.0',
  doc: '',
  functions: {
    give: { doc: '', params: [] },
    take: { doc: '', params: [{ name: 'value', schema: {} }] },
    on: { doc: '', params: [{ name: 'fn', schema: { 'x-callback': {} } }] },
  },
}

let given: Value | undefined
let taken: Value | undefined
let host: EngineHost

beforeAll(async () => {
  host = await openEngineHost(engine, 'main.js', {
    modules: [Demo],
    functions: {
      'Demo.give': () => given,
      'Demo.take': ({ args }) => void (taken = args[0]),
      'Demo.on': () => undefined,
    },
  })
})

async function through(value: Value | undefined): Promise<Value | undefined> {
  given = value
  await host.run('await Demo.take(await Demo.give())')
  return taken
}

const failure = (source: string): Promise<unknown> => host.run(source).catch((e: unknown) => e)

const REFUSED = ['__proto__', 'constructor', 'prototype', '$llmspell']
const text = fc.string({ unit: 'binary' })
const plain = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.integer(),
    text,
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(
      text.filter((key) => !REFUSED.includes(key)),
      tie('value'),
      { maxKeys: 6, noNullPrototype: true },
    ),
  ),
})).value

describe('values', () => {
  it('come back from the guest as they went in', async () => {
    await fc.assert(
      fc.asyncProperty(plain, async (value) => {
        expect(await through(value)).toEqual(value)
      }),
      { numRuns: 300 },
    )
  })

  it('go to callbacks and come from them unchanged', async () => {
    await host.run('await Demo.on((v) => v)')
    const id = (host.calls.at(-1)!.args[0] as { id: number }).id
    await fc.assert(
      fc.asyncProperty(plain, async (value) => {
        expect(await host.session.invoke(id, [value])).toEqual(value)
      }),
      { numRuns: 100 },
    )
  })

  it('of a million characters and of sixty levels cross', async () => {
    expect(await through('ä'.repeat(500_000))).toHaveLength(500_000)
    let deep: Value = 1
    for (let i = 0; i < 60; i++) deep = { deep: [deep] }
    await expect(through(deep)).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' })
    let shallow: Value = 1
    for (let i = 0; i < 60; i++) shallow = [shallow]
    expect(await through(shallow)).toEqual(shallow)
  })

  it.each([
    ['{ a: [1, NaN] }', 'value.a[1]', 'NaN'],
    ['{ a: { b: 10n } }', 'value.a.b', 'a BigInt'],
    ['[Symbol("x")]', 'value[0]', 'a symbol'],
    ['{ f() {} }', 'value.f', 'a function'],
    ['{ m: new Map() }', 'value.m', 'an instance of Map'],
    ['[new (class Point {})()]', 'value[0]', 'an instance of Point'],
    ['["\\uD800"]', 'value[0]', 'a lone surrogate'],
    ['{ ["\\uD800"]: 1 }', undefined, 'a lone surrogate'],
    ['{ constructor: 1 }', 'value.constructor', "the key 'constructor'"],
    ['{ d: new Date(NaN) }', 'value.d', 'an invalid date'],
    ['{ p: Promise.resolve(1) }', 'value.p', 'a promise'],
  ])('such as %s are refused with their path', async (source, path, found) => {
    expect(await failure(`await Demo.take(${source})`)).toMatchObject({
      code: 'VALUE_UNSUPPORTED',
      details: path === undefined ? { found } : { path, found },
      where: { line: 1 },
    })
  })

  it('keep nothing where the script has nothing, and null where it has null', async () => {
    await host.run('await Demo.take(undefined)')
    expect(taken).toBeUndefined()
    await host.run('await Demo.take([undefined, null, { a: undefined, b: null }])')
    expect(taken).toEqual([null, null, { b: null }])
    await host.run('await Demo.take([new Date(0), new Uint8Array([1]).buffer])')
    expect(taken).toEqual(['1970-01-01T00:00:00.000Z', Uint8Array.of(1)])
  })

  it('cannot be forged by a script that changes its own built-ins', async () => {
    const source = `JSON.stringify = () => '[{"__proto__":{"x":1}}]'; Object.keys = () => ['__proto__']
      Array.prototype.push = () => {}; Object.prototype.toJSON = () => ({ $llmspell: 'handle' })
      await Demo.take({ a: 1 })`
    const own = await openEngineHost(engine, 'main.js', {
      modules: [Demo],
      functions: { 'Demo.take': ({ args }) => void (taken = args[0]) },
    })
    taken = undefined
    await own.run(source).catch(() => {})
    expect(JSON.stringify(taken ?? {})).not.toContain('llmspell')
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})
