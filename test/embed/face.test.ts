import { join } from 'node:path'
import { createRuntime, type RuntimeOptions } from '@llmspell/runtime'
import type { StepDefinition, Value, WorkflowScope } from '@llmspell/sdk'
import { afterAll, describe, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { ROOT } from '../support/root.ts'

const config = { model: 'mock/demo', plugins: { 'provider-mock': { delay_ms: 0 } } }
const runtime = createRuntime({ config, root: ROOT })
afterAll(() => runtime.dispose())

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'none',
    (error: unknown) => (error as { code?: string }).code,
  )

describe('run', () => {
  const LUA = 'examples/scripts/hello.lua'
  test.each([
    ['text', 'return 6 * 7', 42],
    ['text of another engine', { source: 'export default 6 * 7', engine: 'javascript' }, 42],
    ['text with a name', { source: 'export default 6 * 7', file: 'a.js' }, 42],
    ['arguments', { source: 'return ARGS.topic', args: ['--topic', 'cats'] }, 'cats'],
    ['a thread', { source: 'return 6 * 7', isolation: 'worker' } as const, 42],
  ])('takes %s', async (_, script, value) => {
    expect((await runtime.run(script)).value).toBe(value)
  })

  test('takes a file, and keeps what is printed', async () => {
    expect((await runtime.run({ file: LUA })).output).not.toBe('')
    const printed: string[] = []
    const { output } = await runtime.run('print("a")', { write: (text) => void printed.push(text) })
    expect({ output, printed }).toEqual({ output: '', printed: ['a\n'] })
  })

  test.each([
    ['INPUT_INVALID', { sorce: 'return 1' }, "'source'"],
    ['INPUT_INVALID', { source: 'return 1', limits: { timeM: 5 } }, "'timeMs'"],
    ['INPUT_INVALID', {}, '{ source'],
    ['FILE_NOT_FOUND', { file: 'none.lua' }, 'root'],
    ['FILE_UNREADABLE', { file: '.' }, 'UTF-8'],
    ['ENGINE_UNKNOWN', { source: 'return 1', engine: 'luaa' }, "'lua'"],
    ['SCRIPT_SYNTAX', { source: 'return return' }, ''],
  ])('refuses with %s: %j', async (code, script, hint) => {
    const failed = runtime.run(script as { source: string })
    await expect(failed).rejects.toMatchObject({ code, $llmspell: 'error/1' })
    await expect(failed.catch((error: { hint?: string }) => error.hint ?? '')).resolves.toContain(
      hint,
    )
  })
})

describe('grants', () => {
  const read = { read: ['README.md'] }
  const rows: readonly [string, RuntimeOptions, object, string][] = [
    ['nothing is granted by itself', {}, {}, 'PERMISSION_DENIED'],
    ['a call grants', {}, { allow: read }, 'none'],
    ['a runtime grants', { allow: read }, {}, 'none'],
    ['both agree', { allow: { read: ['.'] } }, { allow: read }, 'none'],
    ['a call does not widen', { allow: { read: ['docs'] } }, { allow: read }, 'PERMISSION_DENIED'],
    ['a call narrows', { allow: read }, { allow: {} }, 'PERMISSION_DENIED'],
    ['a call denies', { allow: read }, { deny: read }, 'PERMISSION_DENIED'],
    ['a runtime denies', { deny: read }, { allow: { read: ['.'] } }, 'PERMISSION_DENIED'],
    ['a runtime denies that only', { deny: { read: ['docs'] } }, { allow: read }, 'none'],
    [
      'a chain stays below the runtime',
      { allow: { read: ['docs'] } },
      { grants: [{ holder: 'command line', allow: read }] },
      'PERMISSION_DENIED',
    ],
  ]
  test.each(rows)('%s', async (_, options, call, code) => {
    await using own = createRuntime({ ...options, root: ROOT, profile: 'tools' })
    expect(await codeOf(own.tool('file-read').invoke({ path: 'README.md' }, call))).toBe(code)
  })
})

describe('agents', () => {
  test('answer, stream, and remember one conversation apart from another', async () => {
    await using agent = await runtime.agent({ name: 'clerk', tools: ['calculator'] })
    expect(agent).toMatchObject({ name: 'clerk', model: 'mock/demo' })
    expect((await agent.execute('What is 6 * 7?')).text).toContain('42')
    const chunks = await Array.fromAsync(agent.stream('What is 6 * 7?'))
    expect(chunks.at(-1)).toMatchObject({ type: 'finish', result: { agent: 'clerk' } })
    const [desk, shop] = [await agent.conversation('desk'), await agent.conversation('shop')]
    await desk.execute('Hello')
    expect([(await desk.messages()).length, (await shop.messages()).length]).toEqual([2, 0])
    expect(await agent.usage()).toMatchObject({ requests: 3 })
  })

  test('may hold functions of the host', async () => {
    const asked: unknown[] = []
    const stop_when = async (step: Value) => (asked.push(step), true)
    const tools = ['calculator']
    await using agent = await runtime.agent({ tools, stop_when })
    expect(await agent.execute('What is 6 * 7?')).toMatchObject({ finish_reason: 'stop_when' })
    expect(asked).toHaveLength(1)
  })

  test('are ended by a signal, a time, and their own end', async () => {
    const slow = { ...config, plugins: { 'provider-mock': { delay_ms: 1000 } } }
    await using own = createRuntime({ config: slow })
    await using agent = await own.agent()
    const stop = new AbortController()
    const stream = agent.stream('Hello', { signal: stop.signal })
    await stream.next()
    const next = codeOf(stream.next())
    stop.abort()
    expect(await next).toBe('CANCELLED')
    expect(await codeOf(agent.execute('Hello', { signal: stop.signal }))).toBe('CANCELLED')
    expect(await codeOf(agent.execute('Hello', { timeoutMs: 20 }))).toBe('TIMEOUT')
    const last = codeOf(agent.execute('Hello'))
    await agent.close()
    expect(await last).toBe('CANCELLED')
  })

  test('that cannot be made leave nothing behind', async () => {
    expect(await codeOf(runtime.agent({ tools: ['calcluator'] }))).toBe('TOOL_NOT_FOUND')
    expect(await codeOf(runtime.agent({ name: 'x', modell: 'y' } as never))).toBe('INPUT_INVALID')
  })
})

describe('tools', () => {
  test('of the host are those of scripts, agents and lists, until they are taken back', async () => {
    const input = { type: 'object', required: ['item'], properties: { item: { type: 'string' } } }
    const facts = {
      name: 'stock',
      description: 'Pieces of an item.',
      input,
      effect: 'pure',
    } as const
    const undo = await runtime.tools.define<{ item: string }>(facts, ({ item }) => {
      return { result: { item, pieces: 12 } }
    })
    const lua = 'return Tool.stock{ item = "lamp" }.result.pieces'
    expect((await runtime.run<number>(lua)).value).toBe(12)
    expect(await codeOf(runtime.tool('stock').invoke({}))).toBe('INPUT_INVALID')
    expect((await runtime.tools.list({ query: 'stock' }))[0]).toMatchObject({ source: 'host' })
    undo()
    expect(await codeOf(runtime.tool('stock').describe())).toBe('TOOL_NOT_FOUND')
  })

  test('stream, and end with their reader', async () => {
    const facts = { name: 'count', description: 'Counts.', streams: true }
    let ended: (why: unknown) => void = () => {}
    const end = new Promise((resolve) => (ended = resolve))
    const undo = await runtime.tools.define(facts, async (_, call) => {
      call.signal.addEventListener('abort', () => ended(call.signal.reason))
      for (let i = 0; ; i++) await call.emit({ type: 'text', text: String(i) })
    })
    for await (const chunk of runtime.tool('count').stream()) if (chunk.text === '3') break
    await expect(end).resolves.toMatchObject({ code: 'CANCELLED' })
    undo()
  })
})

test('workflows come as data with functions, or as a file with its input', async () => {
  const textOf = (scope: Value) => (scope as unknown as WorkflowScope).steps['six']!.text
  const steps: readonly StepDefinition[] = [
    { name: 'six', tool: 'calculator', input: { expression: '2 * 3' } },
    { name: 'say', run: async (scope: Value) => `${textOf(scope)}!` },
  ]
  const made = await runtime.workflow({ name: 'made', type: 'sequential', steps })
  expect(made).toMatchObject({ success: true, result: '6!' })
  const file = 'examples/workflows/squares.yaml'
  const read = await runtime.workflow(file, { numbers: [1, 2, 3] })
  expect(read.result).toMatchObject([{ value: 1 }, { value: 4 }, { value: 9 }])
  expect(await codeOf(runtime.workflow(file, { numbers: 'x' }))).toBe('INPUT_INVALID')
  expect(await codeOf(runtime.workflow(file, { nombers: [1] }))).toBe('INPUT_INVALID')
  expect(await codeOf(runtime.workflow(file))).toBe('INPUT_INVALID')
})

test('events, state and models are those of scripts', async () => {
  const heard = await runtime.events.subscribe('order.*')
  const lua = `Event.publish("order.paid", { id = 7 })
State.save("global", "limit", State.load("global", "limit") + 1)`
  await runtime.state.set('global', 'limit', 30)
  await runtime.run(lua)
  expect(await heard.next()).toMatchObject({ data: { id: 7 } })
  heard.close()
  expect(await runtime.state.get('global', 'limit')).toBe(31)
  expect(await runtime.state.keys('global')).toEqual(['limit'])
  expect(await runtime.state.delete('global', 'limit')).toBe(true)
  expect(await runtime.state.get('global', 'limit')).toBeUndefined()
  expect(await runtime.models.info()).toMatchObject({ id: 'mock/demo' })
  expect((await runtime.models.list({ provider: 'mock' })).rows.length).toBeGreaterThan(0)
})

test('a signal or a time ends whatever is called', async () => {
  const undo = await runtime.tools.define(
    { name: 'stuck', description: 'Never ends.' },
    () => new Promise<never>(() => {}),
  )
  const lua = 'return Tool.execute("stuck", {})'
  const step = { name: 'w', type: 'sequential', steps: [{ name: 'a', tool: 'stuck' }] } as const
  const calls = (options: object): readonly Promise<unknown>[] => [
    runtime.run(lua, options),
    runtime.tool('stuck').invoke({}, options),
    runtime.workflow(step, undefined, options),
  ]
  const stop = new AbortController()
  const stopped = calls({ signal: stop.signal }).map(codeOf)
  setImmediate(() => stop.abort())
  expect(await Promise.all(stopped)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED'])
  const late = calls({ timeoutMs: 30 }).map(codeOf)
  expect(await Promise.all(late)).toEqual(['TIMEOUT', 'TIMEOUT', 'TIMEOUT'])
  undo()
})

test.each<[string, object, string]>([
  ['CONFIG_INVALID', { profil: 'x' }, "'profile'"],
  ['CONFIG_INVALID', { profile: 'tool' }, "'tools'"],
  ['CONFIG_INVALID', { config: { modle: 'x' } }, "'model'"],
  ['CONFIG_INVALID', { limits: { timeM: 1 } }, "'timeMs'"],
  ['CONFIG_INVALID', { stores: 'level' }, 'level:'],
  ['CONFIG_INVALID', { stores: { level: '/a', sqlite: '/b' } }, 'level:'],
  ['CONFIG_INVALID', { config: { plugins: { stat: {} } } }, "'state'"],
  ['CONFIG_INVALID', { config: { plugins: { files: { maxByte: 1 } } } }, "'maxBytes'"],
  ['PLUGIN_NOT_FOUND', { plugins: ['./nope'] }, 'Install'],
  ['PLUGIN_NOT_FOUND', { profile: ['engine-lau'] }, "'engine-lua'"],
])('%s: %j', async (code, options, hint) => {
  const use = async (): Promise<void> => {
    await using own = createRuntime(options as RuntimeOptions)
    await own.run('return 1')
  }
  const error = await use().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ code, hint: expect.stringContaining(hint) })
})

test.each(['level', 'sqlite'])('what is kept in %s outlives the runtime', async (kind) => {
  using folder = new Folder()
  const stores = { [kind]: join(folder.path, 'state') }
  for (const expected of [undefined, 1]) {
    await using own = createRuntime({ stores, profile: 'tools' })
    expect(await own.state.get('global', 'n')).toBe(expected)
    await own.state.set('global', 'n', 1)
  }
})
