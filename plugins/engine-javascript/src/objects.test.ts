import { REF } from '@llmspell/sdk'
import type { ScriptModule, Value } from '@llmspell/sdk'
import { openEngineHost } from '@llmspell/sdk/testing'
import type { EngineHostPlan } from '@llmspell/sdk/testing'
import { describe, expect, it } from 'vitest'
import { engine } from './index.ts'

const options = {
  type: 'object',
  properties: {
    max_steps: { type: 'integer' },
    inner_box: { type: 'object', properties: { deep_key: {}, free_form: { 'x-open': true } } },
    items_list: { type: 'array', items: { type: 'object', properties: { one_two: {} } } },
    by_name: { type: 'object', additionalProperties: { type: 'object', properties: { a_b: {} } } },
    on_step: {
      'x-callback': {
        params: [{ name: 'step', schema: { $ref: '#/$defs/Step' } }],
        result: { $ref: '#/$defs/Step' },
      },
    },
    budget: { type: 'object', properties: { max_cost: {} } },
    tools: { type: 'array' },
  },
} as const

const Demo: ScriptModule = {
  name: 'Demo',
  version: '1.0.0',
  doc: '',
  fallback: 'run_it',
  $defs: {
    Options: options,
    Step: { type: 'object', properties: { step_no: {}, result_text: {} } },
  },
  functions: {
    send_all: {
      doc: '',
      params: [{ name: 'options', schema: { $ref: '#/$defs/Options' } }],
      result: { anyOf: [{ $ref: '#/$defs/Options' }, { type: 'null' }] },
    },
    open_door: { doc: '', params: [], result: { 'x-handle': 'Front' } },
    read_sign: { doc: '', params: [], result: { 'x-handle': 'Sign' } },
    run_it: {
      doc: '',
      params: [
        { name: 'name', schema: {} },
        { name: 'params', schema: { 'x-open': true } },
      ],
    },
    steps: { doc: '', params: [], result: { 'x-stream': { $ref: '#/$defs/Step' } } },
    count: { kind: 'local', doc: '', params: [{ name: 'list', schema: {} }] },
    builder: {
      kind: 'local',
      doc: '',
      params: [],
      builder: {
        call: 'send_all',
        methods: { max_cost: { path: 'budget.max_cost' }, tool: { path: 'tools', append: true } },
      },
    },
  },
  handles: {
    Sign: { doc: '', fields: { text: { type: 'string' } }, methods: {} },
    Front: {
      doc: '',
      fields: { full_name: { type: 'string' }, opt_field: {} },
      methods: { knock_twice: { doc: '', params: [{ name: 'how_loud', schema: {} }] } },
    },
  },
  fields: { some_fact: { type: 'object', properties: { in_side: {} } } },
}

const handle: Value = {
  [REF]: 'handle',
  type: 'Front',
  id: 'front_1',
  fields: { full_name: 'Front' },
}

async function run(source: string, plan: EngineHostPlan = {}) {
  const host = await openEngineHost(engine, 'main.js', {
    modules: [Demo],
    fields: { 'Demo.some_fact': { in_side: 1 } },
    locals: { 'Demo.count': ([list]) => (list as readonly Value[]).length },
    functions: {
      'Demo.send_all': ({ args }) => args[0],
      'Demo.open_door': () => handle,
      'Demo.read_sign': () => ({
        [REF]: 'handle',
        type: 'Sign',
        id: 's1',
        fields: { text: 'Mind it' },
      }),
      'Demo.run_it': ({ args }) => [...args] as Value,
      'Demo.Front.knock_twice': ({ handle: id, args }) => `${id} ${args[0] as number}`,
      'Demo.steps': () => ({ [REF]: 'stream', id: 's1' }),
      'Stream.next': async () => ({
        chunks: [
          { step_no: 1, text: 'a' },
          { step_no: 2, text: 'b' },
        ],
        done: true,
      }),
      'Stream.cancel': () => undefined,
      ...plan.functions,
    },
  })
  return { host, value: await host.run(source) }
}

const failure = (source: string, plan?: EngineHostPlan): Promise<unknown> =>
  run(source, plan).catch((error: unknown) => error)

describe('names', () => {
  it('are camelCase where a schema names them, and data elsewhere, both ways', async () => {
    const source = `const sent = { maxSteps: 1, innerBox: { deepKey: 2, freeForm: { user_key: 1, userKey: 2 } },
      itemsList: [{ oneTwo: 3 }], byName: { some_user: { aB: 4 } } }
      return [sent, await Demo.sendAll(sent)].map((each) => JSON.stringify(each))`
    const { value, host } = await run(source)
    const [sent, back] = value as [string, string]
    expect(back).toBe(sent)
    expect(host.calls[0]!.args[0]).toEqual({
      max_steps: 1,
      inner_box: { deep_key: 2, free_form: { user_key: 1, userKey: 2 } },
      items_list: [{ one_two: 3 }],
      by_name: { some_user: { a_b: 4 } },
    })
  })

  it('of unknown functions, methods and fields are complained about', async () => {
    const { fallback: _, ...strict } = Demo
    const open = await openEngineHost(engine, 'main.js', { modules: [strict] })
    await expect(open.run('Demo.sendAl({})')).rejects.toMatchObject({
      code: 'FUNCTION_UNKNOWN',
      hint: "Did you mean 'sendAll'?",
      where: { line: 1 },
    })
    const error = { code: 'FUNCTION_UNKNOWN', hint: "Did you mean 'knockTwice'?" }
    expect(await failure('(await Demo.openDoor()).knokTwice()')).toMatchObject(error)
  })

  it('in complaints of the host are those of the script', async () => {
    const error = await failure('await Demo.sendAll({})', {
      functions: {
        'Demo.send_all': () => {
          throw Object.assign(new Error("'options.max_steps' is wrong, user_data not"), {
            $llmspell: 'error/1',
            code: 'INPUT_INVALID',
          })
        },
      },
    })
    expect(error).toMatchObject({ message: "'options.maxSteps' is wrong, user_data not" })
  })
})

describe('a call without await', () => {
  it.each([
    ['Demo.openDoor().knockTwice(1)', 'knockTwice', 'Demo.openDoor'],
    ['Demo.calculator({}).text', 'text', 'Demo.calculator'],
    ['(await Demo.openDoor()).knockTwice(1).text', 'text', 'front.knockTwice'],
  ])('%s is told', async (source, key, call) => {
    expect(await failure(source)).toMatchObject({
      message: `A promise of ${call} has no '${key}'.`,
      hint: `Write await before ${call}(...).`,
      where: { line: 1 },
    })
  })

  it('is told where its promise is sent', async () => {
    expect(await failure('await Demo.sendAll({ tools: [Demo.openDoor()] })')).toMatchObject({
      code: 'VALUE_UNSUPPORTED',
      hint: 'Write await before the call.',
    })
    expect(await failure('await Demo.calculator({ a: Demo.openDoor() })')).toMatchObject({
      details: { path: 'params.a', found: 'a promise' },
    })
  })

  it('gives a promise like any other', async () => {
    const source = `const p = Demo.openDoor(); p.mine = 1
      return [p instanceof Promise, p.mine, typeof p.finally, String(p), (await Promise.all([p]))[0].fullName]`
    expect((await run(source)).value).toEqual([true, 1, 'function', '[object Promise]', 'Front'])
  })
})

describe('handles', () => {
  it('are frozen, have fields and methods, and go back by id', async () => {
    const source = `const d = await Demo.openDoor()
      return [d.fullName, d.optField, await d.knockTwice(3), String(d), Object.isFrozen(d), await Demo.runIt('x', d)]`
    const { value } = await run(source)
    expect(value).toEqual([
      'Front',
      null,
      'front_1 3',
      'front_1',
      true,
      ['x', { ...handle, fields: {} }],
    ])
  })

  it('are completed in a REPL', async () => {
    const { host } = await run('globalThis.d = await Demo.openDoor()')
    expect(host.session.complete('d.')).toEqual([
      'd.fullName',
      'd.knockTwice',
      'd.optField',
      'd.toString',
    ])
    expect(host.session.complete('await Async.sp')).toEqual(['Async.spawn'])
  })

  it('refuse methods without themselves', async () => {
    expect(
      await failure('const { knockTwice } = await Demo.openDoor(); knockTwice()'),
    ).toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('modules', () => {
  it('serve unknown names by their fallback, as written', async () => {
    expect((await run('return Demo.file_read({ a_b: 1 })')).value).toEqual([
      'file_read',
      { a_b: 1 },
    ])
    expect((await run('return Demo.calcIt({ x: 1 })')).value).toEqual(['calcIt', { x: 1 }])
  })

  it('have fields, local functions and builders', async () => {
    expect((await run('return [Demo.someFact, Demo.count([1, 2])]')).value).toEqual([
      { inSide: 1 },
      2,
    ])
    const source = 'return Demo.builder().maxSteps(2).maxCost(3).tool("a").tool("b").build()'
    const { host } = await run(source)
    expect(host.calls[0]!.args[0]).toEqual({
      max_steps: 2,
      budget: { max_cost: 3 },
      tools: ['a', 'b'],
    })
  })

  it('are described when they are first touched', async () => {
    let asked = 0
    const { session } = await openEngineHost(
      {
        ...engine,
        open: (given) =>
          engine.open({ ...given, describe: (name) => (asked++, given.describe(name)) }),
      },
      'main.js',
      { modules: [Demo] },
    )
    await session.run({ source: 'return 1', file: 'main.js' })
    expect(asked).toBe(0)
    await session.run({
      source: 'return [typeof Demo.sendAll, typeof Demo.builder]',
      file: 'main.js',
    })
    expect(asked).toBe(1)
  })

  it('can be awaited and written to JSON without a complaint', async () => {
    expect(
      (await run('return [(await Demo) === Demo, typeof JSON.stringify(Demo)]')).value,
    ).toEqual([true, 'string'])
  })
})

describe('streams', () => {
  it.each([
    ['const out = []; for await (const c of Demo.steps()) out.push(c.stepNo); return out', [1, 2]],
    [
      'const out = []; for await (const c of await Demo.steps()) out.push(c.stepNo); return out',
      [1, 2],
    ],
    ['return Demo.steps().text()', 'ab'],
    [
      'const out = []; await Demo.steps().each((c) => { out.push(c.stepNo); return false }); return out',
      [1],
    ],
    [
      'const s = await Demo.steps(); return [(await s.next()).value.stepNo, (await s.next()).done, (await s.next()).done]',
      [1, false, true],
    ],
  ])('%s', async (source, value) => {
    expect((await run(source)).value).toEqual(value)
  })

  it('are cancelled when a loop is left', async () => {
    const functions = { 'Stream.next': async () => ({ chunks: [{ step_no: 1 }], done: false }) }
    const { host } = await run('for await (const c of Demo.steps()) break', { functions })
    expect(host.calls.at(-1)).toMatchObject({ module: 'Stream', function: 'cancel', handle: 's1' })
  })
})

describe('callbacks', () => {
  it('get and give described names, and may wait', async () => {
    const source =
      'await Demo.sendAll({ onStep: async ({ stepNo }) => { await Async.sleep(1); return { resultText: `n ${stepNo}` } } })'
    const { host } = await run(source)
    const ref = (host.calls[0]!.args[0] as { on_step: { id: number } }).on_step
    expect(await host.session.invoke(ref.id, [{ step_no: 7 }])).toEqual({ result_text: 'n 7' })
    host.session.release(ref.id)
    await expect(host.session.invoke(ref.id, [])).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('stand only where a schema has room for them', async () => {
    expect(await failure('await Demo.sendAll({ maxSteps: () => 1 })')).toMatchObject({
      code: 'VALUE_UNSUPPORTED',
    })
  })
})

it('a handle with a text is shown as it', async () => {
  const { value, host } = await run(`const sign = await Demo.readSign()
    print(sign)
    return [String(sign), sign + '!', JSON.stringify({ sign }), String(await Demo.openDoor())]`)
  expect(value).toEqual(['Mind it', 'Mind it!', '{"sign":"Mind it"}', 'front_1'])
  expect(host.output.join('')).toBe('Mind it\n')
})
