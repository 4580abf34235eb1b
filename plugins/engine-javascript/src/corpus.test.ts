import { SpellError } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHostPlan } from '@llmspell/sdk/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './index.ts'

const Demo = {
  name: 'Demo',
  version: '1.0.0',
  doc: '',
  functions: {
    ask: { doc: '', params: [{ name: 'value', schema: {} }] },
    broken: { kind: 'local' as const, doc: '', params: [] },
  },
}

const open = (plan: EngineHostPlan = {}) =>
  openEngineHost(engine, 'main.js', {
    modules: [Demo],
    functions: { 'Demo.ask': () => undefined },
    ...plan,
  })

async function outcome(source: string, plan?: EngineHostPlan): Promise<unknown> {
  const host = await open(plan)
  return host.run(source).then(
    (value) => ({ value }),
    (error: unknown) => error,
  )
}

/** What is expected of each row of the corpus that needs nobody to end the thread. */
const small = { memoryBytes: 24 * 1024 * 1024 }

describe('JS-03: memory', () => {
  it.each([
    'const a = []; for (;;) a.push(new Array(1e5).fill(1))',
    'const a = []; for (;;) a.push(new ArrayBuffer(1e7))',
    'const a = []; for (let i = 0; ; i++) a.push("x".repeat(65536) + i)',
    'const a = []; for (;;) { try { for (;;) a.push({}) } catch {} }',
    'const a = []; const f = async () => { try { for (;;) a.push(new Uint8Array(1e6)) } catch { return f() } }; await f()',
    'new ArrayBuffer(1e9)',
  ])('%s', async (source) => {
    expect(await outcome(source, small)).toMatchObject({ code: 'MEMORY_LIMIT' })
  })

  it('is held exactly', async () => {
    const { session, run } = await open(small)
    await run('const a = []; for (;;) a.push([1])').catch(() => {})
    expect(session.memory()).toBeGreaterThan(small.memoryBytes * 0.9)
    expect(session.memory()).toBeLessThanOrEqual(small.memoryBytes)
  })
})

describe('JS-05: depth', () => {
  it.each([
    'JSON.parse("[".repeat(100000))',
    `${'('.repeat(100_000)}`,
    `${'`${'.repeat(20_000)}`,
    'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)',
    'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)',
    'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a',
    'const f = () => f(); f()',
    'let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x',
  ])('%.60s', async (source) => {
    const { code } = (await outcome(source)) as { code: string }
    expect(['SCRIPT_ERROR', 'SCRIPT_SYNTAX', 'VALUE_TOO_LARGE']).toContain(code)
  })
})

describe('JS-06: jobs without end', () => {
  it.each([
    'function f() { Promise.resolve().then(f) } f()',
    'function f() { for (let i = 0; i < 10; i++) Promise.resolve().then(f) } f()',
  ])('%s', async (source) => {
    let entries = 0
    const enter = <T>(fn: () => T): T => {
      if (++entries > 20) throw new SpellError('SESSION_KILLED', 'ended')
      return fn()
    }
    expect(await outcome(source, { enter })).toMatchObject({
      code: expect.stringMatching(/SESSION_KILLED|MEMORY_LIMIT/),
    })
    expect(entries).toBeGreaterThan(2)
  })
})

describe('JS-07: a host function that throws', () => {
  it('ends the session with a constant text', async () => {
    const locals = {
      'Demo.broken': () => {
        throw new Error('/home/secret key=abc')
      },
    }
    const host = await open({ locals })
    const error = await host.run('try { Demo.broken() } catch {} return 1').catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.not.stringMatching(/secret/),
    })
    await expect(host.run('return 1')).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
    expect(host.session.complete('pri')).toEqual([])
  })

  it('gives the script an error of ours as it is', async () => {
    const locals = {
      'Demo.broken': () => {
        throw new SpellError('MINE', 'mine', { hint: 'h' })
      },
    }
    const source =
      'try { Demo.broken() } catch (e) { return [e instanceof SpellError, e.code, e.hint, e.where.line] }'
    expect(await outcome(source, { locals })).toEqual({ value: [true, 'MINE', 'h', 1] })
  })
})

describe('JS-08 to JS-13', () => {
  it.each<readonly [string, object]>([
    ['return JSON.parse(\'{"__proto__": {"x": 1}}\')', { code: 'VALUE_UNSUPPORTED' }],
    ['return Promise.reject(new Error("no"))', { code: 'SCRIPT_ERROR', message: 'no' }],
    [
      'return [typeof SharedArrayBuffer, typeof Atomics, typeof WebAssembly]',
      { value: ['undefined', 'undefined', 'undefined'] },
    ],
    [
      'return [typeof process, typeof Buffer, typeof fetch, typeof Worker]',
      { value: Array(4).fill('undefined') },
    ],
    ['eval("1")', { code: 'SCRIPT_ERROR', hint: expect.anything() }],
    ['(0, eval)("1")', { code: 'SCRIPT_ERROR' }],
    ['new Function("return 1")()', { code: 'SCRIPT_ERROR' }],
    ['(() => {}).constructor("return 1")()', { code: 'SCRIPT_ERROR' }],
    ['(async function* () {}).constructor("return 1")()', { code: 'SCRIPT_ERROR' }],
    [
      'Reflect.construct(Object.getPrototypeOf(async () => {}).constructor, ["1"])',
      { code: 'SCRIPT_ERROR' },
    ],
    ['setTimeout("print(1)")', { code: 'INPUT_INVALID' }],
    ['return print.constructor === Function && print instanceof Function', { value: true }],
    ['return Object.keys(globalThis).join()', { value: '' }],
    ['return Demo.ask.toString().includes("host")', { value: false }],
    ['return (await import("fs")).default', { code: 'NOT_AVAILABLE' }],
    ['return require("node:fs")', { code: 'NOT_AVAILABLE' }],
    ['throw { toString() { throw 1 }, get code() { throw 2 } }', { code: 'SCRIPT_ERROR' }],
    [
      'const e = new Error("x"); e.stack = { toString() { for (;;) throw 1 } }; throw e',
      { code: 'SCRIPT_ERROR' },
    ],
    ['Object.prototype.then = function (f) { f(7) }; return { a: 1 }', { value: 7 }],
  ])('%s', async (source, found) => {
    expect(await outcome(source)).toMatchObject(found)
  })
})

describe('the clock and randomness of a run', () => {
  it('are those of its facts', async () => {
    const draw = async (seed: string) => outcome('return [Math.random(), Math.random()]', { seed })
    expect(await draw('a')).toEqual(await draw('a'))
    expect(await draw('a')).not.toEqual(await draw('b'))
    const { value } = (await outcome(
      'return [Date.now(), new Date().getTime(), new Date(0).getTimezoneOffset()]',
      {
        startedAt: 1_000_000,
      },
    )) as { value: number[] }
    expect(value[0]).toBeGreaterThanOrEqual(1_000_000)
    expect(value[1]).toBeLessThan(1_010_000)
    expect(value[2]).toBe(0)
  })
})

describe('JS-11: what is done with is given back', () => {
  it.each([
    [
      'values and errors',
      'for (let i = 0; i < 40000; i++) { try { await Demo.ask({ i }); await Demo.ask(NaN) } catch {} }',
    ],
    ['bytes', 'const b = new Uint8Array(4000); for (let i = 0; i < 4000; i++) await Demo.ask([b])'],
  ])(
    '%s',
    async (_, source) => {
      const least = {
        memoryBytes: 17 * 1024 * 1024,
        functions: { 'Demo.ask': () => Uint8Array.of(1) },
      }
      expect(await outcome(source, least)).toEqual({ value: undefined })
    },
    120_000,
  )

  it('programs, entries and failures', async () => {
    const { session } = await open({ memoryBytes: 17 * 1024 * 1024 })
    for (let i = 0; i < 2000; i++) {
      await session.evaluate(`x = [${i}, ${'1,'.repeat(500)}]`)
      await session.evaluate('throw new Error("x")')
      await session.run({ source: 'a = = 1', file: 'main.js' }).catch(() => {})
    }
    expect(await session.evaluate('x.length')).toMatchObject({ values: [501] })
  }, 120_000)
})
