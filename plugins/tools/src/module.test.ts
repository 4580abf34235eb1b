import { SpellError } from '@llmspell/sdk'
import type { HandleRef, HostStream, ToolResult, Value } from '@llmspell/sdk'
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
    counter: counter(seen),
    sleeper: sleeper(seen),
    'file-read': given(() => ({ result: 'content' }), {
      category: 'files',
      tags: ['file', 'text'],
      permissions: { read: ['/'] },
      description: 'Reads a file.',
    }),
  })
})

const call = (fn: string, ...args: readonly unknown[]): Promise<never> => host.call(fn, args)

test('a bare value is met with how the tool is called', async () => {
  await expect(call('execute', 'echo', 'hi')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    hint: 'Write Tool.echo{ text = ... } in Lua, Tool.echo({ text: ... }) in JavaScript.',
  })
  await expect(call('execute', 'echo', {})).rejects.toMatchObject({ hint: undefined })
})

describe('what there is', () => {
  test('is listed, described and searched without loading any of it', async () => {
    const rows: readonly { name: string }[] = await call('list')
    expect(rows.map((row) => row.name)).toEqual([
      'echo',
      'judge',
      'counter',
      'sleeper',
      'file-read',
    ])
    expect(rows[4]).toEqual({
      name: 'file-read',
      description: 'Reads a file.',
      category: 'files',
      tags: ['file', 'text'],
      version: '1.2.3',
      source: 'tool-file-read',
      permissions: { read: ['/'] },
      effect: 'pure',
      streams: false,
    })
    expect(await call('categories')).toEqual(['files', 'test', 'text'])
    expect(await call('exists', 'echo')).toBe(true)
    expect(host.registry.describe('echo').input).toHaveProperty('properties.text')
    expect(host.registry.list({ tag: 'file' })).toHaveLength(1)
    await call('get', 'echo')
    expect(host.loaded).toEqual([])
  })

  test.each([
    [{ category: 'files' }, ['file-read']],
    [{ tag: 'words' }, ['echo']],
    [{ source: 'tool-judge' }, ['judge']],
    [{ permission: 'read' }, ['file-read']],
    [{ permission: 'toString' }, []],
    [{ query: 'FILE' }, ['file-read']],
    [{ query: 'text' }, ['echo', 'file-read']],
    [{ query: 'read text' }, ['file-read', 'echo']],
    [{ query: 'text', category: 'files' }, ['file-read']],
    [{ query: 'zebra' }, []],
  ])('discover %j gives %j', async (filter, names) => {
    const rows: readonly { name: string }[] = await call('discover', filter)
    expect(rows.map((row) => row.name)).toEqual(names)
  })

  test.each(['file-read', 'file_read', 'fileRead'])('%s finds file-read', async (name) => {
    expect(((await call('execute', name)) as ToolResult).text).toBe('content')
    expect(((await call('get', name)) as HandleRef).fields['name']).toBe('file-read')
  })

  test('an unknown tool is nothing to get, and an error to describe', async () => {
    expect(await call('get', 'nowhere')).toBeUndefined()
    expect(await call('exists', 'nowhere')).toBe(false)
    expect(() => host.registry.describe('ehco')).toThrow("Tool 'ehco' is not registered.")
  })
})

describe('the handle of a tool', () => {
  test('shows its parameters as schema and as a list', async () => {
    const { fields }: HandleRef = await call('get', 'echo')
    expect(fields).toMatchObject({
      name: 'echo',
      version: '1.2.3',
      parameters: { required: ['text'] },
      schema: {
        name: 'echo',
        parameters: [
          { name: 'text', type: 'string', description: 'What to say.', required: true },
          { name: 'times', type: 'integer', required: false, default: 1 },
        ],
      },
    })
  })

  test('executes, streams and validates', async () => {
    const self = { name: 'echo' }
    const result: ToolResult = await host.call('Tool.execute', [{ text: 'a' }], self)
    expect(result.text).toBe('a')
    expect(await chunksOf(await host.call('Tool.stream', [{ text: 'a' }], self))).toHaveLength(1)
    expect(await host.call('Tool.validate', [{ text: 'a' }], self)).toEqual({
      valid: true,
      errors: [],
    })
    expect(await host.call('Tool.validate', [{}], self)).toMatchObject({
      valid: false,
      errors: [{ path: 'text', expected: 'a value', found: 'nothing' }],
    })
  })
})

describe('streams', () => {
  test('give the chunks and then the result', async () => {
    const chunks = await chunksOf(await call('stream', 'counter', { to: 2 }))
    expect(chunks).toEqual([
      { type: 'progress', text: '', done: 1, total: 2 },
      { type: 'text', text: '1 ' },
      { type: 'progress', text: '', done: 2, total: 2 },
      { type: 'text', text: '2 ' },
      {
        type: 'finish',
        text: '',
        result: expect.objectContaining({ success: true, result: { to: 2 } }),
      },
    ])
  })

  test('give only the result of a tool that cannot stream', async () => {
    const chunks = await chunksOf(await call('stream', 'echo', { text: 'a' }))
    expect(chunks).toMatchObject([{ type: 'finish', result: { text: 'a' } }])
  })

  test('hold the tool back until a chunk was taken', async () => {
    const stream: HostStream = await call('stream', 'counter', { to: 1000 })
    const reader = stream[Symbol.asyncIterator]()
    await reader.next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(seen.count).toBe(0)
    for (let i = 0; i < 10; i++) await reader.next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(seen.count).toBeLessThan(10)
    await reader.return?.()
  })

  test('end the tool when the reader leaves', async () => {
    const stream: HostStream = await call('stream', 'counter', { to: 1000 })
    for await (const _chunk of stream) break
    await vi.waitUntil(() => host.run.progress.some((entry) => entry.state === 'failed'))
    expect(seen.count).toBeLessThan(10)
  })

  test('raise a failure after the chunks before it', async () => {
    const stream: HostStream = await call('stream', 'judge', { code: 'OTHER' })
    await expect(chunksOf(stream)).rejects.toMatchObject({ code: 'OTHER' })
    const unknown: HostStream = await call('stream', 'nowhere')
    await expect(chunksOf(unknown)).rejects.toMatchObject({ code: 'TOOL_NOT_FOUND' })
  })

  test('finish with a failure that is returned', async () => {
    const chunks = await chunksOf(await call('stream', 'judge', { code: 'BAD_INPUT' }))
    expect(chunks).toMatchObject([{ type: 'finish', result: { success: false } }])
  })
})

describe('tools of a script', () => {
  const definition = {
    name: 'double',
    description: 'Twice a number.',
    parameters: { n: 'number', times: { type: 'integer', default: 2 } },
    execute: (p: { n: number; times: number }) => Promise.resolve(p.n * p.times),
  }

  test('are there for the run that defined them, with checked input', async () => {
    const handle: HandleRef = await call('define', definition)
    expect(handle).toMatchObject({ type: 'Tool', fields: { name: 'double', source: 'script' } })
    expect(await call('execute', 'double', { n: 4 })).toMatchObject({ result: 8, text: '8' })
    expect(await call('exists', 'double')).toBe(true)
    expect(host.registry.list({ source: 'script' }, host.run.context())).toHaveLength(1)
    expect(host.registry.list()).toHaveLength(5)
    await expect(call('execute', 'double', { n: 'x' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })

  test('are removed by name and by handle', async () => {
    const handle: HandleRef = await call('define', definition)
    expect(await call('undefine', handle)).toBe(true)
    expect(await call('undefine', 'double')).toBe(false)
    expect(await call('undefine', 'echo')).toBe(false)
    await expect(call('execute', 'double', { n: 1 })).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
    })
  })

  test.each([
    ['a name that is taken', { ...definition, name: 'echo' }, 'TOOL_EXISTS'],
    ['a name with a dot', { ...definition, name: 'a.b' }, 'TOOL_NAME_INVALID'],
    ['a wrong short schema', { ...definition, parameters: { n: 'nummer' } }, 'SCHEMA_INVALID'],
    [
      'a wrong schema',
      { ...definition, parameters: { type: 'object', properties: 5 } },
      'SCHEMA_INVALID',
    ],
  ])('%s is refused', async (_name, broken, code) => {
    await expect(call('define', broken)).rejects.toMatchObject({ code })
  })

  test.each([
    ['text', 'said', { result: 'said', text: 'said' }],
    ['nothing', null, { result: null, text: '' }],
    ['a table', { a: 1 }, { result: { a: 1 }, data: { a: 1 } }],
    [
      'a whole result',
      { success: true, text: 'seen', result: { a: 1 } },
      { text: 'seen', result: { a: 1 } },
    ],
    [
      'a failure',
      { success: false, error: { code: 'NO_LAMPS', message: 'None left.', hint: 'Buy some.' } },
      { success: false, text: 'None left.', error: { code: 'NO_LAMPS', hint: 'Buy some.' } },
    ],
    [
      'a failure in words',
      { success: false, error: 'none' },
      { success: false, error: { message: 'none' } },
    ],
    [
      'a failure without any',
      { success: false },
      { success: false, error: { code: 'TOOL_FAILED' } },
    ],
  ])('may give %s', async (_name, given_, expected) => {
    await call('define', {
      name: 't',
      description: 'd',
      execute: () => Promise.resolve(given_ as Value),
    })
    expect(await call('execute', 't')).toMatchObject(expected)
  })

  test('raise what their function raises', async () => {
    const execute = () => Promise.reject(new SpellError('NO_INVOICE', 'There is none.'))
    await call('define', { name: 't', description: 'd', execute })
    await expect(call('execute', 't')).rejects.toMatchObject({ code: 'NO_INVOICE' })
  })

  test('are held to the schema of their result', async () => {
    const result = { total: 'number' }
    await call('define', {
      ...definition,
      result,
      execute: () => Promise.resolve({ total: 'much' }),
    })
    await expect(call('execute', 'double', { n: 1 })).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: `Tool 'double' gave a result that breaks its schema: 'result.total': expected a number, found "much" (text).`,
    })
  })

  test('have their own limit', async () => {
    const execute = () => new Promise(() => {})
    await call('define', { name: 't', description: 'd', timeout: '20ms', execute })
    await expect(call('execute', 't')).rejects.toMatchObject({
      code: 'TIMEOUT',
      details: { limit: 20 },
    })
  })

  test('need what they say they need', async () => {
    const permissions = { read: ['in.txt'], net: ['*.example.com'] }
    await call('define', { ...definition, permissions })
    host.run.grants = [{ holder: 'command line', allow: {} }]
    await expect(call('execute', 'double', { n: 1 })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    host.run.grants = [{ holder: 'command line', allow: { read: ['/project/in.txt'] } }]
    expect(await call('execute', 'double', { n: 1 })).toMatchObject({ result: 2 })
  })

  test('know their call: its caller, its progress, its chunks and its end', async () => {
    let held!: HandleRef
    const execute = async (_params: unknown, ref: HandleRef) => {
      held = ref
      const self = host.run.handles.get(ref.id)
      await host.call('ToolCall.progress', [1, 2, 'half'], self)
      await host.call('ToolCall.emit', ['one '], self)
      await host.call('ToolCall.emit', [{ type: 'data', data: { n: 2 } }], self)
      return host.call('ToolCall.cancelled', [], self)
    }
    await call('define', { name: 't', description: 'd', execute })
    host.run.actors = [{ kind: 'agent', name: 'poet' }]
    expect(await chunksOf(await call('stream', 't'))).toMatchObject([
      { type: 'progress', done: 1, total: 2, text: 'half' },
      { type: 'text', text: 'one ' },
      { type: 'data', data: { n: 2 }, text: '' },
      { type: 'finish', result: { result: false } },
    ])
    expect(held.fields).toEqual({ name: 't', caller: "agent 'poet'" })
  })
})

describe('tools of a host', () => {
  const item = {
    name: 'weather',
    description: 'The weather.',
    category: 'web',
    effect: 'pure',
    source: 'mcp-weather',
    input: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    output: { type: 'object', required: ['sky'] },
  } as const

  test('come and go', async () => {
    const undo = host.registry.register(item, { execute: () => ({ result: { sky: 'blue' } }) })
    expect(await call('execute', 'weather', { city: 'Bonn' })).toMatchObject({
      data: { sky: 'blue' },
    })
    expect(host.registry.describe('weather').source).toBe('mcp-weather')
    undo()
    undo()
    expect(await call('exists', 'weather')).toBe(false)
  })

  test('may belong to one run', async () => {
    const tool = { execute: () => ({ result: {} }) }
    host.registry.register(item, tool, host.run.context())
    expect(await call('exists', 'weather')).toBe(true)
    expect(host.registry.list().some(({ name }) => name === 'weather')).toBe(false)
    await expect(call('execute', 'weather', { city: 'Bonn' })).rejects.toMatchObject({
      code: 'TOOL_FAILED',
    })
    expect(() => host.registry.register(item, tool, host.run.context())).toThrow('exists already')
  })
})

async function chunksOf(stream: HostStream): Promise<Value[]> {
  const chunks: Value[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}
