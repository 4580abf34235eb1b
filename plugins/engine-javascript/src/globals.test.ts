import type { ScriptModule } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHostPlan } from '@llmspell/sdk/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './index.ts'

async function run(source: string, plan?: EngineHostPlan) {
  const host = await openEngineHost(engine, 'main.js', plan)
  const value = await host.run(source)
  return { value, output: host.output.join(''), notes: host.notes }
}

type Rows = readonly (readonly [string, unknown])[]

const found = async (rows: Rows): Promise<unknown> =>
  (await run(`return [${rows.map(([source]) => `await (async () => ${source})()`).join(',\n')}]`))
    .value
const wanted = (rows: Rows): unknown[] => rows.map(([, value]) => value)

describe('output', () => {
  it.each([
    ['print("a", 1, null, undefined, true)', 'a\t1\tnull\tundefined\ttrue\n'],
    ['write("a"); write(1)', 'a1'],
    [
      'console.log({ a: [1, "x"], "b c": new Map([[1, { d: 2 }]]) })',
      "{ a: [1, 'x'], 'b c': Map { 1 => { d: 2 } } }\n",
    ],
    ['const o = {}; o.o = o; print(o)', '{ o: [circular] }\n'],
    [
      'print(new Error("x"), new Date(0), /a/g, class A {}, () => 1)',
      'Error: x\t1970-01-01T00:00:00.000Z\t/a/g\t[class A]\t[function anonymous]\n',
    ],
    [
      'print({ get x() { throw 1 } }, new Set([1]), 5n, [])',
      '{ x: [getter] }\tSet { 1 }\t5n\t[]\n',
    ],
    ['print("nul \\0 and 🌍")', 'nul \0 and 🌍\n'],
  ])('of %s', async (source, output) => {
    expect((await run(source)).output).toBe(output)
  })

  it('goes to the log where it is no output', async () => {
    const line = { doc: '', kind: 'notify', params: [] } as const
    const Log: ScriptModule = {
      name: 'Log',
      version: '1',
      doc: '',
      functions: { warn: line, info: line },
    }
    const { notes, output } = await run('console.warn("careful", { a: 1 }); console.info("i")', {
      modules: [Log],
    })
    expect(notes.map(({ function: name, args }) => [name, args])).toEqual([
      ['warn', ['careful\t{ a: 1 }']],
      ['info', ['i']],
    ])
    expect(output).toBe('')
  })
})

it('arguments are there by position and by name', async () => {
  const args = ['in.txt', '--deep', '3', '--flag', '--x=y z', 'out.txt']
  const { value } = await run(
    'return [ARGS[0], ARGS[1], ARGS[2], ARGS.deep, ARGS.flag, ARGS.x, ARGS.positional, arg[1], arg.length, Object.keys(ARGS)]',
    { args: [...args.slice(0, 3), ...args.slice(4), '--flag'] },
  )
  expect(value).toEqual([
    'main.js',
    'in.txt',
    'out.txt',
    '3',
    'true',
    'y z',
    ['in.txt', 'out.txt'],
    'in.txt',
    3,
    ['0', '1', '2', 'deep', 'x', 'flag'],
  ])
})

describe('the web', () => {
  it('has URL and URLSearchParams', async () => {
    const rows: Rows = [
      [
        'new URL("../b?x=1#h", "https://user@ex.com:8080/a/c/").href',
        'https://user@ex.com:8080/a/b?x=1#h',
      ],
      [
        '{ const u = new URL("http://a/?q=1"); u.searchParams.append("r", "ä b"); u.pathname = "/p"; return String(u) }',
        'http://a/p?q=1&r=%C3%A4+b',
      ],
      [
        '{ const u = new URL("http://a/"); u.search = "?z=2"; return u.searchParams.get("z") }',
        '2',
      ],
      ['JSON.stringify({ u: new URL("http://a") })', '{"u":"http://a/"}'],
      ['[URL.canParse("nope"), URL.parse("nope")]', [false, null]],
      [
        '{ try { new URL("nope") } catch (e) { return [e.name, e.message] } }',
        ['TypeError', "Invalid URL 'nope'."],
      ],
      [
        '[...new URLSearchParams({ b: 1, a: "2" })]',
        [
          ['b', '1'],
          ['a', '2'],
        ],
      ],
      [
        '{ const p = new URLSearchParams("a=1&b=2&a=3"); p.set("a", 9); p.sort(); return [p.getAll("a"), p.has("b"), p.size, String(p)] }',
        [['9'], true, 2, 'a=9&b=2'],
      ],
    ]
    expect(await found(rows)).toEqual(wanted(rows))
  })

  it('has TextEncoder and TextDecoder', async () => {
    const rows: Rows = [
      ['[...new TextEncoder().encode("é\\0")]', [195, 169, 0]],
      ['new TextDecoder().decode(new Uint8Array([195, 169, 0]))', 'é\0'],
      [
        '{ try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])) } catch (e) { return e.name } }',
        'TypeError',
      ],
    ]
    expect(await found(rows)).toEqual(wanted(rows))
  })

  it('has structuredClone and AbortController', async () => {
    const rows: Rows = [
      [
        '{ const a = { m: new Map([[1, new Date(5)]]), s: new Set([1]) }; a.a = a; const b = structuredClone(a); return [b.a === b, b !== a, b.m.get(1).getTime(), b.s.has(1)] }',
        [true, true, 5, true],
      ],
      ['{ try { structuredClone(() => 1) } catch (e) { return e.code } }', 'VALUE_UNSUPPORTED'],
      [
        '{ const c = new AbortController(); let n = 0; c.signal.addEventListener("abort", () => n++); c.abort(); c.abort(); return [n, c.signal.aborted, c.signal.reason.name] }',
        [1, true, 'AbortError'],
      ],
      [
        '{ const s = AbortSignal.timeout(5); await Async.sleep(30); return s.reason.name }',
        'TimeoutError',
      ],
    ]
    expect(await found(rows)).toEqual(wanted(rows))
  })
})

describe('Async', () => {
  it('settles, races, maps and spawns', async () => {
    const rows: Rows = [
      ['Async.all([() => 1, Promise.resolve(2), async () => 3])', [1, 2, 3]],
      ['Async.all({ a: () => 1 })', { a: 1 }],
      [
        '(await Async.settle({ a: () => 1, b: async () => { throw new Error("x") } })).a',
        { ok: true, value: 1 },
      ],
      ['(await Async.settle([() => { throw new Error("x") }]))[0].error.message', 'x'],
      ['Async.race([() => Async.sleep(50), () => "fast"])', 'fast'],
      ['Async.map([1, 2, 3], async (n, i) => n * i)', [0, 2, 6]],
      [
        '{ const t = Async.spawn(async (n) => n + 1, 4); return [await t.await(), await t, t.done()] }',
        [5, 5, true],
      ],
      [
        '{ const t = Async.spawn(() => Async.sleep(10)); t.cancel(); try { await t } catch (e) { return e.code } }',
        'CANCELLED',
      ],
      [
        '{ try { await Async.timeout("5ms", () => Async.sleep("1s")) } catch (e) { return [e.code, e.message] } }',
        ['TIMEOUT', 'The function took longer than 5ms.'],
      ],
      ['{ try { await Async.sleep("soon") } catch (e) { return e.code } }', 'INPUT_INVALID'],
    ]
    expect(await found(rows)).toEqual(wanted(rows))
  })

  it('keeps functions back', async () => {
    const source = `let now = 0, most = 0
      await Async.map([...Array(20).keys()], async () => { most = Math.max(most, ++now); await Async.sleep(1); now-- }, { maxConcurrency: 3 })
      return most`
    expect((await run(source)).value).toBe(3)
  })
})
