import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHostPlan } from '@llmspell/sdk/testing'
import { SpellError } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import { describe, expect, it } from 'vitest'
import { engine } from './index.ts'

async function run(source: string, plan?: EngineHostPlan, file = 'main.js') {
  const host = await openEngineHost(engine, file, plan)
  const value = await host.session.run({ source, file })
  return { value, output: host.output.join(''), calls: host.calls }
}

const failure = (source: string, plan?: EngineHostPlan, file?: string) =>
  run(source, plan, file).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('the value of a script', () => {
  it.each<readonly [string, Value | undefined]>([
    ['export default 1 + (await 2)', 3],
    ['export const a = 1', undefined],
    ['return [1, "x", null, undefined]', [1, 'x', null, null]],
    ['return { a: undefined, b: 1 }', { b: 1 }],
    ['return new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['// only a comment', undefined],
    ['const text = "import x from y"; return text.length', 15],
    ['const r = /export default/; return r.source', 'export default'],
    ['if (true) { return await Promise.resolve(1) }\nreturn 2', 1],
    ['#!/usr/bin/env llmspell\nreturn 7', 7],
    ['#!/usr/bin/env llmspell\nexport default 7', 7],
    ['return typeof arguments + typeof module', 'undefinedundefined'],
  ])('of %s', async (source, value) => {
    expect((await run(source)).value).toEqual(value)
  })

  it('is refused where it is no plain data', async () => {
    const path = { details: { path: 'result.f' } }
    expect(await failure('return { f() {} }')).toMatchObject({ code: 'VALUE_UNSUPPORTED', ...path })
    expect(await failure('return new Map()')).toMatchObject({ code: 'VALUE_UNSUPPORTED' })
    expect(await failure('return 10n')).toMatchObject({ code: 'VALUE_UNSUPPORTED' })
  })
})

describe('TypeScript', () => {
  it('runs with its types taken off', async () => {
    const source = 'interface A { n: number }\nconst a: A = { n: 4 }\nreturn a.n as number'
    expect((await run(source, {}, 'a.ts')).value).toBe(4)
    expect((await run('const n: number = 4\nexport default n', {}, 'a.ts')).value).toBe(4)
  })

  it('keeps lines and columns', async () => {
    const source = 'type X = string\nconst a: X = "a"\nthrow new Error("b")'
    const where = { file: 'a.ts', line: 3 }
    expect(await failure(source, {}, 'a.ts')).toMatchObject({ message: 'b', where })
  })

  it('says what cannot be taken off', async () => {
    const where = { file: 'a.ts', line: 2, column: 1 }
    const error = { code: 'SCRIPT_SYNTAX', where }
    expect(await failure('const a = 1\nenum X { A }', {}, 'a.ts')).toMatchObject(error)
  })
})

describe('script modules', () => {
  const denied = new SpellError('PERMISSION_DENIED', 'no grant')
  const files: Readonly<Record<string, string>> = {
    './lib/util.js': 'import { two } from "./two.js"\nexport default () => two + 1',
    './lib/two.js': 'export const two = 2',
    './lib/bad.js': '\nexport const = 1',
    './typed.ts': 'export const n: number = 7',
    './common.js': 'const { y } = require("./lib/inner.js"); module.exports = { x: y + 1 }',
    './lib/inner.js': 'exports.y = 41',
  }
  const plan = (later: boolean): EngineHostPlan => ({
    functions: {
      'Run.load_module': ({ args: [name] }) => {
        const source = files[name as string]
        if (name === 'net') throw denied
        if (source === undefined) {
          throw Object.assign(new Error(`no ${name as string}`), {
            $llmspell: 'error/1',
            code: 'FILE_NOT_FOUND',
          })
        }
        const found = { file: (name as string).slice(2), source }
        return later ? Promise.resolve(found) : found
      },
    },
  })

  it.each([true, false])('are imported and required, answered later: %s', async (later) => {
    const sources: readonly (readonly [string, number])[] = [
      ['import three from "./lib/util.js"\nexport default three()', 3],
      ['const { default: three } = await import("./lib/util.js"); return three()', 3],
      ['import { n } from "./typed.ts"\nexport default n', 7],
      ['return require("./common.js").x', 42],
      [
        'import { two } from "./lib/two.js"\nimport f from "./lib/util.js"\nexport default two + f()',
        5,
      ],
    ]
    for (const [source, value] of sources) {
      expect((await run(source, plan(later))).value).toBe(value)
    }
  })

  it('are imported by a computed name where the host can answer in place', async () => {
    const source = 'const { default: f } = await import("./lib/" + "util.js"); return f()'
    expect((await run(source, plan(false))).value).toBe(3)
    expect(await failure(source, plan(true))).toMatchObject({ code: 'WOULD_BLOCK' })
  })

  it('are looked for once', async () => {
    const { calls } = await run(
      'import f from "./lib/util.js"\nimport { two } from "./lib/two.js"\nexport default f() + two',
      plan(true),
    )
    expect(calls.map(({ args }) => args[0])).toEqual(['./lib/util.js', './lib/two.js'])
  })

  it('fail where they are named', async () => {
    const missing = { code: 'FILE_NOT_FOUND', where: { file: 'main.js', line: 2 } }
    expect(await failure('\nimport "./no.js"\n', plan(true))).toMatchObject(missing)
    const node = { message: "There is no module 'fs': scripts do not run in Node." }
    for (const source of [
      'import fs from "fs"',
      'const fs = require("fs")',
      'await import("fs")',
    ]) {
      expect(await failure(source, plan(true))).toMatchObject({
        ...node,
        hint: expect.stringContaining('Tool.fileRead'),
        where: { file: 'main.js', line: 1 },
      })
    }
    expect(await failure('import net from "net"', plan(true))).toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
    expect(await failure('import _ from "lodash"', plan(true))).toMatchObject({
      hint: expect.stringContaining("'./lodash'"),
    })
    const bad = { code: 'SCRIPT_SYNTAX', where: { file: 'lib/bad.js', line: 2 } }
    expect(await failure('import "./lib/bad.js"', plan(true))).toMatchObject(bad)
  })
})

describe('failures', () => {
  it.each([
    ['throw "plain"', { code: 'SCRIPT_ERROR', message: 'plain' }],
    ['throw { code: "MY_CODE", message: "m", hint: "h" }', { code: 'MY_CODE', hint: 'h' }],
    ['throw undefined', { code: 'SCRIPT_ERROR' }],
    ['null.x', { code: 'SCRIPT_ERROR', where: { file: 'main.js', line: 1, column: 5 } }],
    ['await Promise.reject(new RangeError("r"))', { message: 'RangeError: r' }],
    ['throw new Error("a", { cause: new Error("b") })', { cause: { message: 'b' } }],
    [
      'throw new SpellError({ code: "A_B", message: "m", details: { x: 1 } })',
      { details: { x: 1 } },
    ],
    ['throw { get message() { throw 1 } }', { code: 'SCRIPT_ERROR' }],
    ['throw Object.create(null)', { code: 'SCRIPT_ERROR' }],
    ['await new Promise(() => {})', { message: expect.stringContaining('nothing can fulfil') }],
    ['setTimeout(() => { throw new Error("late") })', { message: 'late' }],
    ['Async.spawn(async () => { throw new Error("task") })', { message: 'task' }],
    ['Promise.reject(new Error("lost"))', { message: 'lost', where: { line: 1 } }],
    [
      'async function main() {\n  nope()\n}\nmain()',
      { message: expect.stringContaining('nope'), where: { line: 2 } },
    ],
    ['Async.spawn(() => { throw new Error("task") }).then(() => {})', { message: 'task' }],
    ['export {}\nPromise.reject(7)', { message: 'The script threw 7.' }],
    ['Asnc.sleep(1)', { hint: "Did you mean 'Async'?" }],
    ['await fetch("http://a")', { hint: expect.stringContaining('tools') }],
    ['setTimeout(() => process.exit())', { hint: expect.stringContaining('ends by itself') }],
    ['export default (', { code: 'SCRIPT_SYNTAX' }],
  ])('%s', async (source, error) => {
    expect(await failure(source)).toMatchObject(error)
  })

  it.each<readonly [string, string, number, number]>([
    ['const x = ', 'unexpected end of script', 1, 10],
    ['export const x =', 'unexpected end of script', 1, 17],
    ['const x = 1\nfoo(\n', 'unexpected end of script', 2, 5],
    ['function a() {\n  return 1\n\n', 'unexpected end of script', 2, 11],
    ['const a = 1\nconst b = { a } }\nprint(b)', "unexpected token in expression: '}'", 2, 17],
    ['const a = )\n', "unexpected token in expression: ')'", 1, 11],
  ])('at the end of a script: %j', async (source, message, line, column) => {
    const where = { file: 'main.js', line, column }
    expect(await failure(source)).toMatchObject({ code: 'SCRIPT_SYNTAX', message, where })
  })

  it('have a trace of the script alone', async () => {
    const source =
      'function inner() {\n  throw new Error("x")\n}\nfunction outer() {\n  inner()\n}\nouter()'
    const { trace } = (await failure(source)) as { trace: string }
    expect(trace).toBe('at inner (main.js:2:18)\nat outer (main.js:5:8)\nat (main.js:7:6)')
  })
})

describe('the end of a run', () => {
  it('comes when timers and tasks have ended', async () => {
    const source =
      'setTimeout(print, 5, "b"); Async.spawn(async () => { await Async.sleep(10); print("c") }); print("a")'
    expect((await run(source)).output).toBe('a\nb\nc\n')
  })

  it('does not wait for a timer that was cleared or a time limit that was not reached', async () => {
    const before = performance.now()
    await run('clearTimeout(setTimeout(print, 60000)); await Async.timeout("1m", async () => 1)')
    expect(performance.now() - before).toBeLessThan(5000)
  })
})

describe('a REPL', () => {
  it('keeps declarations, awaits, and knows what is not finished', async () => {
    const { session } = await openEngineHost(engine, 'repl')
    const rows: readonly (readonly [string, object])[] = [
      ['const a = await Promise.resolve(4)', { status: 'value', values: [], text: '' }],
      ['a * 2', { values: [8], text: '8' }],
      ['let { b, c } = { b: 1, c: [2] }', { status: 'value' }],
      ['const a = 5', { status: 'value' }],
      ['[a, b, c]', { values: [[5, 1, [2]]], text: '[5, 1, [2]]' }],
      ['class P { x = 1 }', { status: 'value' }],
      ['new P()', { values: [null], text: 'P { x: 1 }' }],
      ['"text"', { text: '"text"' }],
      ['for (let i = 0; i < 2; i++) i', { values: [1] }],
      ['`a ${', { status: 'incomplete' }],
      ['[1, 2', { status: 'incomplete' }],
      ['/* open', { status: 'incomplete' }],
      ['1 +', { status: 'incomplete' }],
      ['"open', { status: 'error', error: { code: 'SCRIPT_SYNTAX' } }],
      ['nope()', { status: 'error', error: { code: 'SCRIPT_ERROR' } }],
    ]
    for (const [line, found] of rows) {
      expect({ line, ...(await session.evaluate(line)) }).toMatchObject({ line, ...found })
    }
    expect(session.complete('print(Mat')).toEqual(['Math'])
    expect(session.complete('Math.flo')).toEqual(['Math.floor'])
    expect(session.complete('c.ma')).toEqual(['c.map'])
  })

  it('goes on after the memory limit', async () => {
    const { session } = await openEngineHost(engine, 'repl', { memoryBytes: 20 * 1024 * 1024 })
    const full = await session.evaluate('{ const t = []; for (;;) t.push([1]) }')
    expect(full).toMatchObject({ error: { code: 'MEMORY_LIMIT' } })
    expect(await session.evaluate('1 + 1')).toMatchObject({ values: [2] })
  })
})
