import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { ALL, openHouse, type House } from '../support/kernel.ts'
import { piped } from './screen.ts'

const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'

let house: House
beforeAll(async () => {
  house = await openHouse([...ALL, 'engine-javascript', 'engine-fengari', 'repl'])
})
afterAll(() => house.kernel.stop())

const AGENT = {
  lua: 'a = Agent.create{ name = "poet", memory = true }\na:execute("hi").text:len() > 0\n',
  javascript:
    'const a = await Agent.create({ name: "poet", memory: true })\n(await a.execute("hi")).text.length > 0\n',
} as const

describe.each([
  ['lua', 'lua', 'a\n{ z = 1, b = a, 7 }\nprint(a)\na:stream("x")\n'],
  ...(FULL
    ? ([['fengari', 'lua', 'a\n{ z = 1, b = a, 7 }\nprint(a)\na:stream("x")\n']] as const)
    : []),
  ['javascript', 'javascript', 'a\n;[7, { b: a, z: 1 }]\nprint(a)\nawait a.stream("x")\n'],
] as const)('%s shows', (engine, language, entries) => {
  test('what handles are, alone and inside of values', async () => {
    const { out, said } = await piped(house, AGENT[language] + entries, { engine })
    const poet = "Agent 'poet' (mock/demo, 2 messages)"
    const inside =
      language === 'lua' ? `{ 7, b = <${poet}>, z = 1 }` : `[7, { b: [${poet}], z: 1 }]`
    expect(said).toBe('')
    expect(out).toBe(`true\n${poet}\n${inside}\n${poet}\nStream (open)\n`)
  })

  test('values without end within bounds', async () => {
    const input =
      language === 'lua'
        ? 't = {} for i = 1, 1e5 do t[i] = i end t.t = t\nt\n'
        : 'var t = Array.from({ length: 1e5 }, (_, i) => i); t.t = t; t.length\nt\n"x".repeat(2e6)\n'
    const { out, said } = await piped(house, input, { engine })
    expect(said).toBe('')
    expect(out.length).toBeLessThan(300_000)
    expect(out).toMatch(/\b995,\s+996\b/)
    expect(out).toMatch(/\.\.\./)
  })
})

test('a promise alone comes with what to write', async () => {
  const input = 'Async.sleep(1)\n(await Agent.create({})).stream("x")\n'
  const { out } = await piped(house, input, { engine: 'javascript' })
  expect(out).toBe(
    '[promise]: write await before it\n[promise] of a stream: read it with for await\n',
  )
})

test.each([
  ['lua', '\nfunction f() error("oh") end\nlocal function g() return f() end g()\n', 'repl:2 |'],
  ['lua', 'x = 1\n  x = = 1\n', 'repl:2 |   x = = 1'],
  ['lua', 'function f()\n  return nope.x\nend\n\nf()\n', 'repl:2 |   return nope.x'],
  ['lua', 'const x = 1\n', 'change to it with: .engine javascript'],
  ['fengari', 'function f() error("oh") end\nf()\n', 'repl:1 |'],
  ['javascript', '\n  const a = ;\n', 'repl:2:13 |   const a = ;'],
  ['javascript', 'const a = nope\n', 'repl:1:11 |'],
  ['javascript', 'class A { constructor() { nope() } }\nnew A()\n', 'repl:1:27 | class A'],
  ['javascript', 'function f() {\n  throw new TypeError("x")\n}\n\nf()\n', 'repl:2:22 |'],
  ['javascript', '1\nJSON.parse("{")\n', 'repl:2:11 | JSON.parse'],
  ['javascript', 'local x = 1\n', 'change to it with: .engine lua'],
] as const)('%s: the failure of %j is at its place', async (engine, input, found) => {
  const { said } = await piped(house, input, { engine })
  expect(said).toContain(found)
  expect(said).not.toMatch(/tail calls/)
})

test.each([
  ['Promise.reject(new Error("oh")); 1', 'repl:1:25'],
  ['setTimeout(() => { throw new Error("oh") }, 1); await Async.sleep(20); 1', 'repl:1:35'],
  ['setTimeout(() => { throw new Error("oh") }, 1); 1\nawait Async.sleep(20)', 'repl:1:35'],
  ['queueMicrotask(() => { throw new Error("oh") }); 1', 'repl:1:39'],
  [
    '(async () => { await Async.sleep(1); throw new Error("oh") })(); 1\nawait Async.sleep(20)',
    'repl:1:53',
  ],
] as const)('nobody catches %j: it is told once, and the session goes on', async (input, place) => {
  const { out, said, end } = await piped(house, `${input}\n2\n`, { engine: 'javascript' })
  expect(said.match(/Uncaught: oh/g)).toHaveLength(1)
  expect(said).toContain(`${place} |`)
  expect(out).toBe('1\n2\n')
  expect(end.failure).toMatchObject({ code: 'SCRIPT_ERROR' })
})

test('what somebody catches later is not told, and of tasks of Lua the same holds', async () => {
  const caught = 'const p = Promise.reject(new Error("oh")); await p.catch(() => {}); 1\n'
  expect((await piped(house, caught, { engine: 'javascript' })).said).toBe('')
  const lua = 't = Async.spawn(function() error("oh") end) pcall(t.await, t)\n'
  expect((await piped(house, lua)).said).toBe('')
  const lost = 'Async.spawn(function() Async.sleep(1) error("oh") end) Async.sleep(20)\n1\n'
  expect((await piped(house, lost)).said).toMatch(/^line 1: SCRIPT_ERROR \| Uncaught: oh \| repl:1/)
})

test('a file that is loaded may export and return, and its errors name it', async () => {
  using folder = new Folder({
    'mod.js':
      'export const a = 1\nexport default function twice(n) {\n  return n * 2\n}\nexport class P { constructor() { nope() } }\nexport {\n  twice as t,\n}\n',
    'value.js': 'const b = { c: 1 }\nreturn { ...b }\n',
    'lib.lua': '#!shebang\nlocal M = {}\nfunction M.f() error("in lib") end\nreturn M\n',
    'half.lua': 'x = 1 +\n',
  })
  const root = folder.path
  const js = '.load mod.js\n.load mod.js\ntwice(a)\nnew P()\n.load value.js\n'
  const ofJs = await piped(house, js, { engine: 'javascript', root })
  expect(ofJs.out).toBe('2\n{ c: 1 }\n')
  expect(ofJs.said).toContain('mod.js:5:34 | export class P')
  const ofLua = await piped(house, '.load lib.lua\nM.f()\n.load half.lua\n', { root })
  expect(ofLua.out).toBe('{ f = <function> }\n')
  expect(ofLua.said).toContain('lib.lua:3 | function M.f()')
  expect(ofLua.said).toContain("'half.lua' ends in the middle of something. | half.lua:1:8")
})

test.skipIf(!FULL).each(['lua', 'javascript'] as const)(
  'an entry of 20,000 lines is read once in %s',
  async (engine) => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `  g = ${i}`).join('\n')
    const input =
      engine === 'lua'
        ? `function f()\n${lines}\nend\nf()\ng\n`
        : `var g\nfunction f() {\n${lines}\n}\nf()\ng\n`
    const { out, said } = await piped(house, input, { engine })
    expect({ out, said }).toEqual({ out: '19999\n', said: '' })
  },
)

test('bytes that are no text are refused by their place, and everything else comes as it is', async () => {
  const bad = Buffer.concat([
    Buffer.from('x = 1\nx = "é'),
    Buffer.from([0xff]),
    Buffer.from('"\nx\n'),
  ])
  const { out, said, end } = await piped(house, bad)
  expect(out).toBe('1\n')
  expect(said).toBe(
    'line 2: REPL_INPUT | The input is not UTF-8: byte 8 of line 2 is 0xFF. | Convert it to UTF-8 first.\n',
  )
  expect(end.failure).toMatchObject({ details: { line: 2, byte: 8 } })
  const crlf = '\uFEFFx = 2\r\nx\r\nfor i = 1, 2 do\r\nprint(i)\r\nend\r\n#"a\0b"'
  expect((await piped(house, crlf)).out).toBe('2\n1\n2\n3\n')
  expect((await piped(house, '"a\0b".length\n', { engine: 'javascript' })).out).toBe('3\n')
  const long = `#"${'x'.repeat(1_000_000)}"\n`
  expect((await piped(house, long)).out).toBe('1000000\n')
})
