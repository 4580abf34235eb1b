import { SpellError, deny, modify } from '@llmspell/sdk'
import type { ToolFacts, ToolOutputFacts, ToolResult } from '@llmspell/sdk'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { toolsHost } from './testing/fake-host.ts'
import type { ToolsHost } from './testing/fake-host.ts'
import { counter, echo, given, judge, sleeper } from './testing/given-tools.ts'

let host: ToolsHost
const seen = { running: false, cancelled: false, count: 0 }

beforeEach(async () => {
  Object.assign(seen, { running: false, cancelled: false, count: 0 })
  host = await toolsHost({
    echo,
    judge,
    sleeper: sleeper(seen),
    counter: counter(seen),
    broken: given(() => {
      throw new TypeError('x is undefined')
    }),
    strange: given(() => ({ result: { when: new Date() } })),
    empty: given(() => undefined),
    number: given(() => ({ result: 42 })),
    nothing: given(() => ({ result: null })),
    table: given(() => ({ result: { b: [1, 2] }, message: 'done' })),
    grants: given((_input, call) => ({ result: call.grants }), {
      permissions: { read: ['/data'] },
    }),
    reader: given(
      async (_input, call) => {
        await call.require('read', '/project/a.txt')
        return { result: 'read' }
      },
      { permissions: { read: ['/project/a.txt'] } },
    ),
    deaf: given(() => new Promise(() => {}), { timeoutMs: 30 }),
    files: given(() => ({ result: 'x' }), { permissions: { read: ['/'] } }),
  })
})

function execute(name: string, params?: object, options?: object): Promise<ToolResult> {
  return host.call('execute', [name, params, options])
}

function failure(name: string, params?: object, options?: object): Promise<unknown> {
  return execute(name, params, options).catch((error: unknown) => error)
}

describe('the one result', () => {
  test('of text', async () => {
    expect(await execute('echo', { text: 'ab', times: 2 })).toEqual({
      success: true,
      text: 'abab',
      result: 'abab',
      metadata: {
        tool: 'echo',
        duration_ms: expect.any(Number),
        execution_time_ms: expect.any(Number),
        run_id: 'run-1',
        seq: 0,
        response: 'abab',
      },
    })
  })

  test('of structured data has it as data too, and readable text', async () => {
    expect(await execute('table')).toMatchObject({
      text: '{\n  "b": [\n    1,\n    2\n  ]\n}',
      result: { b: [1, 2] },
      data: { b: [1, 2] },
      message: 'done',
      metadata: { response: { b: [1, 2] } },
    })
  })

  test('of a number, of nothing, and with an operation', async () => {
    expect(await execute('number')).toMatchObject({ text: '42', result: 42 })
    expect(await execute('number')).not.toHaveProperty('data')
    expect(await execute('nothing')).toMatchObject({ text: '', result: null })
    expect(await execute('counter', { to: 1 })).toMatchObject({
      text: 'counted to 1',
      operation: 'count',
      metadata: { operation: 'count' },
    })
  })
})

describe('names', () => {
  test('an unknown one is met with a suggestion', async () => {
    expect(await failure('ehco')).toMatchObject({
      code: 'TOOL_NOT_FOUND',
      message: "Tool 'ehco' is not registered.",
      hint: "Did you mean 'echo'? List them with: llmspell tool list",
    })
    expect(await failure('coun')).toMatchObject({
      hint: "Did you mean 'counter'? List them with: llmspell tool list",
    })
    expect(await failure('zzzzzz')).toMatchObject({ hint: 'List them with: llmspell tool list' })
  })

  test('names of the prototype are no tools', async () => {
    expect(await failure('constructor')).toMatchObject({ code: 'TOOL_NOT_FOUND' })
    expect(await failure('__proto__')).toMatchObject({ code: 'TOOL_NOT_FOUND' })
  })
})

describe('input', () => {
  test('gets its defaults, and the caller keeps what it gave', async () => {
    const params = Object.freeze({ text: 'a' })
    expect((await execute('echo', params)).text).toBe('a')
    expect(params).toEqual({ text: 'a' })
  })

  test('is refused with all violations at once', async () => {
    expect(await failure('echo', { times: 0, txet: 'a' })).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/^Tool 'echo' got invalid input: .*text.*txet.*times/s),
      hint: "Did you mean 'text'?",
      details: { errors: expect.arrayContaining([expect.objectContaining({ path: 'txet' })]) },
    })
  })
})

describe('failures', () => {
  test('a code that the tool reports is a result', async () => {
    expect(await execute('judge', { code: 'BAD_INPUT' })).toMatchObject({
      success: false,
      text: "It is 'BAD_INPUT'.",
      error: { code: 'BAD_INPUT', hint: 'Try another.', details: { code: 'BAD_INPUT' } },
    })
  })

  test('any other code is raised', async () => {
    expect(await failure('judge', { code: 'OTHER' })).toMatchObject({ code: 'OTHER' })
  })

  test('on_error overrides both', async () => {
    expect(await failure('judge', { code: 'BAD_INPUT' }, { on_error: 'raise' })).toMatchObject({
      code: 'BAD_INPUT',
    })
    const returned = { success: false, error: { code: 'OTHER' } }
    expect(await execute('judge', { code: 'OTHER' }, { on_error: 'return' })).toMatchObject(
      returned,
    )
    expect(await execute('nowhere', {}, { on_error: 'return' })).toMatchObject({
      success: false,
      error: { code: 'TOOL_NOT_FOUND' },
      metadata: { tool: 'nowhere' },
    })
  })

  test('a foreign error is TOOL_FAILED with it as cause', async () => {
    expect(await failure('broken')).toMatchObject({
      code: 'TOOL_FAILED',
      message: "Tool 'broken' failed: x is undefined",
      cause: expect.any(TypeError),
    })
  })

  test('what is no plain data, or no output, is not handed on', async () => {
    expect(await failure('strange')).toMatchObject({
      code: 'VALUE_UNSUPPORTED',
      message: expect.stringContaining("result of tool 'strange'.when"),
    })
    expect(await failure('empty')).toMatchObject({ code: 'TOOL_FAILED' })
  })
})

describe('time and cancelling', () => {
  test('a tool that ignores everything is left behind', async () => {
    expect(await failure('deaf')).toMatchObject({
      code: 'TIMEOUT',
      message: "Tool 'deaf' did not finish within 30 ms.",
      details: { limit: 30 },
    })
  })

  test('the option comes before the limit of the tool, and the tool is told', async () => {
    expect(await failure('sleeper', {}, { timeout: '20ms' })).toMatchObject({ code: 'TIMEOUT' })
    expect(seen.cancelled).toBe(true)
  })

  test('the end of the run ends the call with its reason, even where errors are returned', async () => {
    const running = failure('sleeper', {}, { on_error: 'return' })
    await vi.waitUntil(() => seen.running)
    host.run.stop.abort(new SpellError('BUDGET_EXCEEDED', 'Enough.'))
    expect(await running).toMatchObject({ code: 'BUDGET_EXCEEDED' })
    expect(seen.cancelled).toBe(true)
  })

  test('a foreign reason is CANCELLED', async () => {
    host.run.stop.abort(new Error('ctrl-c'))
    expect(await failure('echo', { text: 'a' })).toMatchObject({ code: 'CANCELLED' })
  })
})

describe('permissions', () => {
  test('are what the run holds and then what the manifest says', async () => {
    host.run.grants = [{ holder: 'command line', allow: {} }]
    expect((await execute('grants')).result).toEqual([
      { holder: 'command line', allow: {} },
      { holder: 'plugin tool-grants', allow: { read: ['/data'] } },
    ])
  })

  test('are asked for by the tool', async () => {
    host.run.grants = [{ holder: 'command line', allow: {} }]
    expect(await failure('reader')).toMatchObject({
      code: 'PERMISSION_DENIED',
      message: "Tool 'reader': '/project/a.txt' not granted by command line",
    })
    host.run.grants = [{ holder: 'command line', allow: { read: ['/project/a.txt'] } }]
    expect((await execute('reader')).text).toBe('read')
  })
})

describe('hooks', () => {
  test('a guard sees the checked input and may say no', async () => {
    const facts: ToolFacts[] = []
    host.run.actors = [{ kind: 'agent', name: 'poet' }]
    host.taps['tool.guard'] = (payload: ToolFacts) => {
      facts.push(payload)
      return deny('not on Sundays', 'Wait a day.')
    }
    expect(await failure('echo', { text: 'a' })).toMatchObject({
      code: 'HOOK_CANCELLED',
      message: "Tool 'echo' was cancelled by a hook: not on Sundays.",
      hint: 'Wait a day.',
      details: { hook: 'tool.guard', reason: 'not on Sundays' },
    })
    expect(facts[0]).toEqual({
      tool: 'echo',
      source: 'tool-echo',
      effect: 'pure',
      caller: "agent 'poet'",
      run_id: 'run-1',
      seq: 0,
      params: { text: 'a', times: 1 },
    })
  })

  test('a guard cannot change what it sees', async () => {
    host.taps['tool.guard'] = (payload: { params: { text: string } }) => {
      payload.params.text = 'changed'
    }
    expect((await execute('echo', { text: 'a' })).text).toBe('a')
  })

  test('input may be changed, and is checked again', async () => {
    host.taps['tool.input'] = (p: ToolFacts) =>
      modify({ ...p, params: { ...(p.params as object), times: 3 } })
    expect((await execute('echo', { text: 'a' })).text).toBe('aaa')
    host.taps['tool.input'] = (p: ToolFacts) => modify({ ...p, params: { text: 5 } })
    expect(await failure('echo', { text: 'a' })).toMatchObject({ code: 'INPUT_INVALID' })
  })

  test('output may be changed, and is checked again', async () => {
    host.taps['tool.output'] = (p: ToolOutputFacts) =>
      modify({ ...p, output: { result: 'masked' } })
    expect(await execute('echo', { text: 'a' })).toMatchObject({ result: 'masked', text: 'masked' })
    host.taps['tool.output'] = (p: ToolOutputFacts) =>
      modify({ ...p, output: { result: Number.NaN } })
    expect(await failure('echo', { text: 'a' })).toMatchObject({ code: 'VALUE_UNSUPPORTED' })
  })

  test('what a tap changes in place and returns counts like a new value', async () => {
    host.taps['tool.input'] = (p: { params: { times: number } }) => {
      p.params.times = 2
      return modify(p)
    }
    host.taps['tool.output'] = (p: { output: { result: string } }) => {
      p.output.result += '!'
      return modify(p)
    }
    expect(await execute('echo', { text: 'a' })).toMatchObject({ result: 'aa!', text: 'aa!' })
    host.taps['tool.output'] = (p: { output: { text: string } }) => {
      p.output.text = 'said'
      return modify(p)
    }
    expect(await execute('echo', { text: 'a' })).toMatchObject({ result: 'aa', text: 'said' })
  })

  test('a value without params changes nothing, one without output is none', async () => {
    host.taps['tool.input'] = () => modify({})
    expect(await execute('echo', { text: 'a' })).toMatchObject({ result: 'a' })
    host.taps['tool.output'] = () => modify({})
    expect(await failure('echo', { text: 'a' })).toMatchObject({ code: 'HOOK_RESULT_INVALID' })
  })

  test('what a tap does to the result it sees reaches nobody', async () => {
    const spoil = ({ output, result }: { output?: { result: object }; result?: object }) =>
      void Object.assign((output?.result ?? result) as object, { b: 'spoilt' })
    host.taps['tool.done'] = spoil
    expect((await execute('table')).result).toEqual({ b: [1, 2] })
  })

  test('done is told of every call of a tool that exists', async () => {
    const told: unknown[] = []
    host.taps['tool.done'] = (payload: unknown) => void told.push(payload)
    await execute('echo', { text: 'a' })
    await failure('judge', { code: 'OTHER' })
    await failure('nowhere')
    expect(told).toMatchObject([
      { tool: 'echo', success: true, result: 'a', duration_ms: expect.any(Number) },
      { tool: 'judge', success: false, error: { code: 'OTHER' } },
    ])
  })
})

test('people see when a tool starts, moves and ends', async () => {
  await execute('counter', { to: 2 })
  expect(host.run.progress).toEqual([
    { who: "tool 'counter'", state: 'started' },
    { who: "tool 'counter'", state: 'active', done: 1, total: 2 },
    { who: "tool 'counter'", state: 'active', done: 2, total: 2 },
    { who: "tool 'counter'", state: 'done' },
  ])
  await failure('broken')
  expect(host.run.progress.at(-1)).toMatchObject({ state: 'failed' })
})

test('on_chunk gets the chunks of a plain call', async () => {
  const chunks: unknown[] = []
  const on_chunk = (chunk: unknown) => Promise.resolve(void chunks.push(chunk))
  await execute('counter', { to: 2 }, { on_chunk })
  expect(chunks.filter((chunk) => (chunk as { type: string }).type === 'text')).toEqual([
    { type: 'text', text: '1 ' },
    { type: 'text', text: '2 ' },
  ])
})
