import { REF, SpellError } from '@llmspell/sdk'
import type { HostCall, ScriptModule, Value } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './engine.ts'

const CONFIG = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    model: { $ref: '#/$defs/Model' },
    tools: { type: 'array' },
    approve: { 'x-callback': {} },
    steps: { type: 'array', items: { type: 'object', properties: { run: { 'x-callback': {} } } } },
  },
}

const AGENT: ScriptModule = {
  name: 'Agent',
  version: '1.0.0',
  doc: '',
  $defs: { Config: CONFIG, Model: { anyOf: [{ type: 'string' }, { type: 'object' }] } },
  functions: {
    create: { doc: '', params: [{ name: 'config', schema: { $ref: '#/$defs/Config' } }] },
    builder: {
      kind: 'local',
      doc: '',
      params: [],
      builder: {
        call: 'create',
        methods: {
          max_steps: { path: 'budget.max_steps' },
          tool: { path: 'tools', append: true },
        },
      },
    },
    list: { doc: '', params: [] },
    double: { kind: 'local', doc: '', params: [{ name: 'n', schema: { type: 'number' } }] },
    stream: { doc: '', params: [] },
  },
  handles: {
    Agent: {
      doc: '',
      fields: { name: { type: 'string' }, text: { type: 'string' } },
      methods: {
        execute: { doc: '', params: [{ name: 'input', schema: {} }] },
        notice: { kind: 'notify', doc: '', params: [{ name: 'text', schema: {} }] },
        secret: { doc: '', params: [], hidden: true },
      },
    },
  },
}
const TOOL: ScriptModule = {
  name: 'Tool',
  version: '1.0.0',
  doc: '',
  fallback: 'execute',
  functions: {
    execute: {
      doc: '',
      params: [
        { name: 'name', schema: {} },
        { name: 'input', schema: {} },
      ],
    },
    list: { doc: '', params: [] },
  },
}

const agent = (fields: Record<string, Value>): Value => ({
  [REF]: 'handle',
  type: 'Agent',
  id: 'agent_1',
  fields,
})

async function open(batches: readonly Value[] = []) {
  const left = [...batches]
  return openEngineHost(engine, 'main.lua', {
    modules: [AGENT, TOOL],
    locals: { 'Agent.double': ([n]) => (n as number) * 2 },
    functions: {
      'Agent.create': () => agent({ name: 'bob' }),
      'Agent.list': () => [agent({ name: 'a' }), agent({ name: 'b', text: 'the b' })],
      'Agent.Agent.execute': ({ args }: HostCall) => args[0],
      'Agent.stream': () => ({ [REF]: 'stream', id: 's' }),
      'Tool.execute': ({ args }) => [...args] as Value[],
      'Stream.next': async () => {
        const next = left.shift()
        if (next === undefined) throw new SpellError('STREAM_BROKEN', 'broken')
        return next
      },
      'Stream.cancel': () => undefined,
    },
  })
}

async function run(source: string, batches?: readonly Value[]) {
  const host = await open(batches)
  return { value: await host.run(source), host }
}

describe('modules', () => {
  it('call locals in place', async () => {
    const { value, host } = await run('return Agent.double(21)')
    expect([value, host.calls.length]).toEqual([42, 0])
  })

  it('send unknown names of a module to its fallback', async () => {
    expect((await run('return Tool.calculator({ a = 1 })')).value).toEqual(['calculator', { a: 1 }])
    expect((await run('return Tool["x-y"]()')).value).toEqual(['x-y'])
    expect((await run('return Tool.execute("t")')).value).toEqual(['t'])
  })

  it('take functions where the schema has them, and nowhere else', async () => {
    const { host } = await run(
      'Agent.create{ approve = function() end, steps = { { run = print } } }',
    )
    expect(host.calls[0]!.args[0]).toMatchObject({
      approve: { [REF]: 'callback', id: expect.any(Number) },
      steps: [{ run: { [REF]: 'callback', id: expect.any(Number) } }],
    })
    const refused = (await open()).run('Agent.create{ name = print }')
    await expect(refused).rejects.toMatchObject({
      code: 'VALUE_UNSUPPORTED',
      details: { path: 'config.name' },
    })
  })

  it('make an empty table what the place wants', async () => {
    const { host } = await run('Agent.create{ tools = {}, model = {} }')
    expect(host.calls[0]!.args[0]).toMatchObject({ tools: [], model: {} })
  })
})

it('is no value of a script, as a module', async () => {
  await expect((await open()).run('return Agent')).rejects.toMatchObject({
    code: 'VALUE_UNSUPPORTED',
    details: { found: "the module 'Agent'" },
  })
})

describe('builders', () => {
  it('collect a table and make one call', async () => {
    const source = `return Agent.builder():name("bob"):max_steps(3):tool("a"):tool("b")
      :approve(function() end):build().name`
    const { value, host } = await run(source)
    expect(value).toBe('bob')
    expect(host.calls.map(({ args }) => args)).toEqual([
      [{ name: 'bob', budget: { max_steps: 3 }, tools: ['a', 'b'], approve: expect.anything() }],
    ])
  })

  it.each([
    [
      'Agent.create(Agent.builder())',
      'Send numbers, text, booleans, bytes, arrays and tables of these.',
      'VALUE_UNSUPPORTED',
    ],
    ['Agent.builder():nmae("x")', "Did you mean 'name'?", 'FUNCTION_UNKNOWN'],
    ['Agent.builder().name("x")', 'Call it with a colon: builder:name(...), not with a dot.'],
  ])('%s', async (source, hint, code = 'INPUT_INVALID') => {
    await expect((await open()).run(source)).rejects.toMatchObject({ code, hint })
  })
})

describe('handles', () => {
  const rows: readonly (readonly [string, Value])[] = [
    [
      'local a = Agent.list() return { a[1].name, tostring(a[1]), "= " .. a[2] }',
      ['a', 'agent_1', '= the b'],
    ],
    ['local a = Agent.create{} return a:execute({ a }) ~= nil and a == Agent.create{}', true],
    ['local a, n = Agent.create{}, 0 for k in pairs(a) do n = n + 1 end return n', 1],
    [
      'local a = Agent.create{} a:notice("x") return { getmetatable(a), type(a) }',
      [false, 'table'],
    ],
  ]
  it.each(rows)('%s', async (source, expected) => {
    expect((await run(source)).value).toEqual(expected)
  })

  it.each([
    ['Agent.create{}.execute("x")', 'Call it with a colon: agent:execute(...), not with a dot.'],
    ['Agent.create{}:exceute("x")', "Did you mean 'execute'?", 'FUNCTION_UNKNOWN'],
    ['Agent.create{}:secret()', 'There is: execute, name, notice, text.', 'FUNCTION_UNKNOWN'],
    [
      'local a = Agent.create{} a.execute(Agent, 1)',
      'Call it with a colon: agent:execute(...), not with a dot.',
    ],
  ])('%s', async (source, hint, code = 'INPUT_INVALID') => {
    await expect((await open()).run(source)).rejects.toMatchObject({ code, hint })
  })

  it('cannot be changed or imitated', async () => {
    const change = (await open()).run('Agent.create{}.name = "x"')
    await expect(change).rejects.toMatchObject({ code: 'INPUT_INVALID', where: { line: 1 } })
    const fake = (await open()).run('setmetatable(Agent.create{}, {})')
    await expect(fake).rejects.toMatchObject({ code: 'SCRIPT_ERROR' })
  })

  it('are completed by their methods and fields', async () => {
    const { session } = await open()
    await session.evaluate('a = Agent.create{}')
    expect(session.complete('a:')).toEqual(['a:execute', 'a:name', 'a:notice', 'a:text'])
    expect(session.complete('a:ex')).toEqual(['a:execute'])
    expect(session.complete('string.fo')).toEqual(['string.format'])
  })
})

describe('streams', () => {
  const batches = [
    { chunks: [{ text: 'a' }, { text: 'b' }], done: false },
    {
      chunks: [{ text: 'c' }, { type: 'finish', text: '', result: { text: 'abc', n: 3 } }],
      done: true,
    },
  ]
  const rows: readonly (readonly [string, Value])[] = [
    ['local t = "" for c in Agent.stream() do t = t .. c.text end return t', 'abc'],
    ['return Agent.stream():text()', 'abc'],
    ['return Agent.stream():result().n', 3],
    ['local n = 0 Agent.stream():each(function() n = n + 1 return n < 2 end) return n', 2],
    [
      'local s = Agent.stream() s:next() s:cancel() return { s:next() == nil, s:next() == nil }',
      [true, true],
    ],
    ['return tostring(Agent.stream()):match("^Stream") ', 'Stream'],
  ]
  it.each(rows)('%s', async (source, expected) => {
    expect((await run(source, batches)).value).toEqual(expected)
  })

  it('raise a failure after the chunks before it', async () => {
    const host = await open(batches.slice(0, 1))
    const read = host.run('for c in Agent.stream() do print(c.text) end')
    await expect(read).rejects.toMatchObject({ code: 'STREAM_BROKEN' })
    expect(host.output).toEqual(['a\n', 'b\n'])
  })

  it('travel by their id', async () => {
    const { host } = await run('Tool.read(Agent.stream())')
    expect(host.calls[1]!.args[1]).toEqual({ [REF]: 'stream', id: 's' })
  })

  it('name what they have', async () => {
    const wrong = (await open()).run('Agent.stream():nxet()')
    await expect(wrong).rejects.toMatchObject({ hint: "Did you mean 'next'?" })
  })
})

describe('bytes', () => {
  it('have a length, parts and texts', async () => {
    const host = await openEngineHost(engine, 'main.lua', {
      modules: [TOOL],
      functions: { 'Tool.list': () => Uint8Array.of(104, 105, 0, 255) },
    })
    const source = `local b = Tool.list()
      return { #b, b:hex(), b:base64(), b:slice(1, 2):string(), #b:slice(-1), #b:slice(9), tostring(b), b:string() == "hi\\0\\255" }`
    expect(await host.run(source)).toEqual([
      4,
      '686900ff',
      'aGkA/w==',
      'hi',
      1,
      0,
      'Bytes (4)',
      true,
    ])
    await expect(host.run('Tool.list().hex()')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('entries of a REPL', () => {
  it.each([
    ['1, nil, "x"', '1\tnil\tx'],
    ['x = 5', ''],
    ['= 2 * 3', '6'],
    ['{ a = 1 }', '{ a = 1 }'],
    ['print', 'function: builtin'],
    ['for i = 1, 2 do end', ''],
  ])('%s', async (line, text) => {
    const evaluation = await (await open()).session.evaluate(line)
    expect(evaluation).toMatchObject({ status: 'value' })
    expect((evaluation as { text: string }).text.replace(/: 0?x?[0-9a-f]+$/, ': builtin')).toBe(
      text,
    )
  })

  it.each(['if x then', 'function f(', 'x = [[', 'f(1,', '--[[ open'])('%s', async (line) => {
    expect(await (await open()).session.evaluate(line)).toEqual({ status: 'incomplete' })
  })
})
