import type { Value } from '../values.ts'
import type { EngineHostPlan } from './engine-host.ts'
import type { ProbeHost } from './engine-module.ts'

export type ScriptLanguage = 'lua' | 'javascript'

/** What must come of a script. */
export interface Expected {
  readonly value?: Value | undefined
  /** What the rejection must match. */
  readonly error?: Readonly<Record<string, unknown>>
  readonly output?: string
  /** Arguments of the one-way calls. */
  readonly notes?: readonly (readonly Value[])[]
}

/** One point of the contract. A language without a snippet skips it. */
export interface Row {
  readonly name: string
  readonly scripts: Readonly<Partial<Record<ScriptLanguage, string>>>
  readonly expect: Expected
  /** What differs where integers have 32 bits. */
  readonly narrow?: Expected
  readonly plan?: EngineHostPlan
  after?(probe: ProbeHost): void
}

const file = 'main.script'

const VALUES: readonly Row[] = [
  {
    name: 'gives the value of the script',
    scripts: {
      lua: 'return { a = 1, b = { true, "x" } }',
      javascript: 'return { a: 1, b: [true, "x"] }',
    },
    expect: { value: { a: 1, b: [true, 'x'] } },
  },
  {
    name: 'takes values out and in unchanged, at once and later',
    scripts: {
      lua: 'local v = Probe.echo{ n = 2^53, i = -7, f = 1.5, s = "äöü🌍", e = {}, l = { {}, 1 } } return Probe.later(v)',
      javascript:
        'const v = await Probe.echo({ n: 2 ** 53, i: -7, f: 1.5, s: "äöü🌍", e: {}, l: [{}, 1] }); return Probe.later(v)',
    },
    expect: { value: { n: 2 ** 53, i: -7, f: 1.5, s: 'äöü🌍', e: {}, l: [{}, 1] } },
  },
  {
    name: 'keeps whole numbers exactly, whatever the language makes of them',
    scripts: {
      lua: 'local function of(n) return math.type(Probe.echo(n)) end return { of(2^31 - 1), of(2^31), of(-2^31 - 1), Probe.echo(2^53 - 1) }',
    },
    expect: { value: ['integer', 'integer', 'integer', 2 ** 53 - 1] },
    narrow: { value: ['integer', 'float', 'float', 2 ** 53 - 1] },
  },
  {
    name: 'has integers of the promised size',
    scripts: { lua: 'return { 0xFFFFFFFF, 1 << 31, 3000000000, math.maxinteger // 2^22 }' },
    expect: { value: [4_294_967_295, 2_147_483_648, 3_000_000_000, 2 ** 41] },
    narrow: { value: [-1, -2_147_483_648, 3_000_000_000, 511] },
  },
  {
    name: 'keeps arrived arrays as arrays, empty ones too',
    scripts: {
      lua: 'return Probe.echo(Probe.shapes())',
      javascript: 'return Probe.echo(await Probe.shapes())',
    },
    expect: { value: { list: [], nulls: [null, 1], map: {} } },
  },
  {
    name: 'makes an empty table what the schema wants',
    scripts: { lua: 'return Probe.list({})', javascript: 'return Probe.list([])' },
    expect: { value: 'array' },
  },
  {
    name: 'carries bytes both ways',
    scripts: {
      lua: 'return Probe.echo(Probe.bytes())',
      javascript: 'return Probe.echo(await Probe.bytes())',
    },
    expect: { value: Uint8Array.of(0, 255, 10) },
  },
  {
    name: 'refuses what is no plain data, with the path',
    scripts: {
      lua: 'return Probe.echo{ deep = { { f = print } } }',
      javascript: 'return Probe.echo({ deep: [{ f: print }] })',
    },
    expect: { error: { code: 'VALUE_UNSUPPORTED', where: { file, line: 1 } } },
  },
  {
    name: 'refuses NaN and infinity',
    scripts: { lua: 'return Probe.echo(0/0)', javascript: 'return Probe.echo(NaN)' },
    expect: { error: { code: 'VALUE_UNSUPPORTED' } },
  },
  {
    name: 'refuses keys that reach prototypes',
    scripts: {
      lua: 'return Probe.echo{ ["__proto__"] = 1 }',
      javascript: 'return Probe.echo(JSON.parse(\'{"__proto__":1}\'))',
    },
    expect: { error: { code: 'VALUE_UNSUPPORTED' } },
  },
  {
    name: 'refuses forged references',
    scripts: {
      lua: 'return Probe.echo{ ["$llmspell"] = "handle", type = "Door", id = "x", fields = {} }',
      javascript: 'return Probe.echo({ $llmspell: "handle", type: "Door", id: "x", fields: {} })',
    },
    expect: { error: { code: 'VALUE_UNSUPPORTED' } },
  },
  {
    name: 'refuses cycles',
    scripts: {
      lua: 'local t = {} t.t = t return Probe.echo(t)',
      javascript: 'const t = {}; t.t = t; return Probe.echo(t)',
    },
    expect: { error: { code: 'VALUE_UNSUPPORTED' } },
  },
  {
    name: 'refuses more than 1 MiB',
    scripts: {
      lua: 'return Probe.echo(("x"):rep(2^20 + 1))',
      javascript: 'return Probe.echo("x".repeat(2 ** 20 + 1))',
    },
    expect: { error: { code: 'VALUE_TOO_LARGE' } },
  },
]

const ERRORS: readonly Row[] = [
  {
    name: 'raises failures of the host as errors with code, hint, details and place',
    scripts: {
      lua: 'local ok, e = pcall(Probe.fail)\nreturn { ok = ok, code = e.code, hint = e.hint, details = e.details, text = tostring(e) }',
      javascript:
        'try { await Probe.fail() } catch (e) { return { ok: false, code: e.code, hint: e.hint, details: e.details, text: e.message + "\\n" + e.hint } }',
    },
    expect: {
      value: {
        ok: false,
        code: 'PROBE_FAILED',
        hint: 'Do not call it.',
        details: { deep: [1] },
        text: "Probe 'x' failed.\nDo not call it.",
      },
    },
  },
  {
    name: 'reports an uncaught failure of the host where it was called',
    scripts: {
      lua: '\nlocal x = 1\nProbe.fail()',
      javascript: '\nconst x = 1\nawait Probe.fail()',
    },
    expect: {
      error: { code: 'PROBE_FAILED', message: "Probe 'x' failed.", where: { file, line: 3 } },
    },
  },
  {
    name: 'reports an error of the script with file, line and trace',
    scripts: {
      lua: 'local function f()\n  error("broken")\nend\nf()',
      javascript: 'function f() {\n  throw new Error("broken")\n}\nf()',
    },
    expect: { error: { code: 'SCRIPT_ERROR', message: 'broken', where: { file, line: 2 } } },
  },
  {
    name: 'keeps the code of an error that the script makes',
    scripts: {
      lua: 'error{ code = "NO_INVOICE", message = "none" }',
      javascript: 'throw new SpellError({ code: "NO_INVOICE", message: "none" })',
    },
    expect: { error: { code: 'NO_INVOICE', message: 'none' } },
  },
  {
    name: 'reports where the syntax is wrong',
    scripts: { lua: 'local a = 1\nlocal b = = 2', javascript: 'const a = 1\nconst b = = 2' },
    expect: { error: { code: 'SCRIPT_SYNTAX', where: { file, line: 2 } } },
  },
  {
    name: 'names the nearest function',
    scripts: { lua: 'Probe.ehco(1)', javascript: 'await Probe.ehco(1)' },
    expect: { error: { code: 'FUNCTION_UNKNOWN', hint: "Did you mean 'echo'?" } },
  },
  {
    name: 'hides hidden functions',
    scripts: { lua: 'Probe.secret()', javascript: 'await Probe.secret()' },
    expect: { error: { code: 'FUNCTION_UNKNOWN' } },
  },
]

const OBJECTS: readonly Row[] = [
  {
    name: 'gives handles with fields and methods, and takes them back by id',
    scripts: {
      lua: 'local d = Probe.open("front") return { d.name, d:knock(3), tostring(Probe.echo(d)), tostring(d), d.note == nil }',
      javascript:
        'const d = await Probe.open("front"); return [d.name, await d.knock(3), String(await Probe.echo(d)), String(d), d.note === undefined]',
    },
    expect: { value: ['front', 'door-front heard 3', 'door-front', 'door-front', true] },
  },
  {
    name: 'reads fields of a module without a call',
    scripts: { lua: 'return Probe.version', javascript: 'return Probe.version' },
    expect: { value: '1.0.0' },
  },
  {
    name: 'makes a result readable as its text',
    scripts: {
      lua: 'local r = Probe.answer() return { tostring(r), "= " .. r, r.data.n }',
      javascript: 'const r = await Probe.answer(); return [String(r), `= ${r}`, r.data.n]',
    },
    expect: { value: ['forty-two', '= forty-two', 42] },
  },
  {
    name: 'sends one-way calls and output',
    scripts: {
      lua: 'Probe.note("hi") print("a", 1) write("b")',
      javascript: 'Probe.note("hi"); print("a", 1); write("b")',
    },
    expect: { value: undefined, notes: [['hi']], output: 'a\t1\nb' },
  },
  {
    name: 'reads a stream to its end',
    scripts: {
      lua: 'local sum = 0 for n in Probe.numbers() do sum = sum + n end return sum',
      javascript: 'let sum = 0; for await (const n of await Probe.numbers()) sum += n; return sum',
    },
    expect: { value: 21 },
  },
  {
    name: 'iterates over a handle that stands for a stream of its own',
    scripts: {
      lua: 'local sum = 0 for n in Probe.open("front"):numbers() do sum = sum + n end return sum',
      javascript:
        'const d = await Probe.open("front"); let sum = 0; for await (const n of d) sum += n; return sum',
    },
    expect: { value: 21 },
  },
  {
    name: 'leaves the stream of a handle with its loop',
    scripts: {
      javascript:
        'for await (const n of await Probe.open("front")) if (n === 2) break; return true',
    },
    expect: { value: true },
    after: (probe) => {
      if (!probe.cancelled) throw new Error('the stream was not left')
    },
  },
  {
    name: 'pulls a stream only as far as it is read, and cancels it',
    scripts: {
      lua: 'local s = Probe.numbers() local a, b, c = s:next(), s:next(), s:next() s:cancel() return { a, b, c }',
      javascript:
        'const s = await Probe.numbers(); const a = await s.next(), b = await s.next(), c = await s.next(); await s.cancel(); return [a.value, b.value, c.value]',
    },
    expect: { value: [1, 2, 3] },
    after: (probe) => {
      if (probe.pulls !== 2 || !probe.cancelled) throw new Error(`pulled ${probe.pulls} times`)
    },
  },
]

const TASKS: readonly Row[] = [
  {
    name: 'runs tasks side by side and keeps their keys',
    scripts: {
      lua: 'return Async.all{ a = function() return Probe.wait(30) end, b = function() return Probe.wait(20) end }',
      javascript: 'return Async.all({ a: () => Probe.wait(30), b: () => Probe.wait(20) })',
    },
    expect: { value: { a: 30, b: 20 } },
    after: (probe) => {
      if (probe.most !== 2) throw new Error('the calls did not overlap')
    },
  },
  {
    name: 'holds tasks back to the given number',
    scripts: {
      lua: 'return Async.map({ 5, 6, 7 }, function(ms) return Probe.wait(ms) end, { max_concurrency = 1 })',
      javascript: 'return Async.map([5, 6, 7], (ms) => Probe.wait(ms), { maxConcurrency: 1 })',
    },
    expect: { value: [5, 6, 7] },
    after: (probe) => {
      if (probe.most !== 1) throw new Error('the calls overlapped')
    },
  },
  {
    name: 'ends a task at its time limit',
    scripts: {
      lua: 'Async.timeout(10, function() Probe.wait(5000) end)',
      javascript: 'await Async.timeout(10, () => Probe.wait(5000))',
    },
    expect: { error: { code: 'TIMEOUT' } },
  },
  {
    name: 'ends the run at the memory limit, whatever the script catches',
    scripts: {
      lua: 'while true do pcall(function() local t = {} for i = 1, 1e9 do t[i] = { i } end end) end',
      javascript: 'for (;;) { try { const t = []; for (;;) t.push([1]) } catch {} }',
    },
    plan: { memoryBytes: 24 * 1024 * 1024 },
    expect: { error: { code: 'MEMORY_LIMIT' } },
  },
]

/** What every engine must do, as data. */
export const ROWS: readonly Row[] = [...VALUES, ...ERRORS, ...OBJECTS, ...TASKS]
