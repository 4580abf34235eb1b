import { cancel, modify, redirect, replace, retry, SpellError } from '@llmspell/sdk'
import type { ToolErrorFacts, ToolFacts, ToolListedFacts, ToolResult } from '@llmspell/sdk'
import { beforeEach, describe, expect, test } from 'vitest'
import { toolsHost } from './testing/fake-host.ts'
import type { ToolsHost } from './testing/fake-host.ts'
import { echo, given } from './testing/given-tools.ts'

const NUMBER = { output: { type: 'number' } }

let host: ToolsHost
let calls = 0
let failures = 0

/** Fails as often as it is told, and counts. */
const flaky = (item: object) =>
  given(() => {
    calls++
    if (failures-- > 0) throw new SpellError('HTTP_FAILED', 'Lost.', { details: { status: 500 } })
    return { result: calls }
  }, item)

beforeEach(async () => {
  calls = 0
  failures = 0
  host = await toolsHost({
    echo,
    flaky: flaky(NUMBER),
    unsafe: flaky({ ...NUMBER, effect: 'unsafe' }),
    talker: given(async (_input, call) => {
      await call.emit({ type: 'text', text: 'half' })
      throw new SpellError('HTTP_FAILED', 'Gone.')
    }),
    reader: given(
      async (_input, call) => {
        await call.require('read', '/a.txt')
        return { result: 'read' }
      },
      { permissions: { read: ['/a.txt'] } },
    ),
  })
})

const execute = (name: string, params: object = {}, options?: object): Promise<ToolResult> =>
  host.call('execute', [name, params, options])
const failure = (name: string, params: object = {}, options?: object): Promise<unknown> =>
  execute(name, params, options).catch((error: unknown) => error)

describe('tool.input', () => {
  test.each([
    ['a plain result', 7, { result: 7, text: '7' }],
    ['an output', { result: 7, text: 'seven' }, { result: 7, text: 'seven' }],
  ])('answers in the place of the tool, marked: %s', async (_, given, wanted) => {
    host.taps['tool.input'] = () => replace(given)
    const told: unknown[] = []
    host.taps['tool.done'] = (facts) => void told.push(facts)
    const result = await execute('flaky')
    expect(result).toMatchObject({ ...wanted, metadata: { replaced_by: 'tester' } })
    expect([calls, told]).toMatchObject([0, [{ success: true, result: 7, replaced_by: 'tester' }]])
  })

  test('cannot answer what the tool could not have given', async () => {
    const asked: unknown[] = []
    host.taps['tool.error'] = (facts) => void asked.push(facts)
    host.taps['tool.input'] = () => replace('seven')
    expect(await failure('flaky')).toMatchObject({ code: 'TOOL_FAILED' })
    expect(asked).toEqual([])
  })

  test('cancels', async () => {
    host.taps['tool.input'] = () => cancel('no', 'Ask.')
    expect(await failure('flaky')).toMatchObject({
      code: 'HOOK_CANCELLED',
      message: "Tool 'flaky' was cancelled by a hook: no.",
      hint: 'Ask.',
      details: { hook: 'tool.input', reason: 'no', by: 'tester' },
    })
    expect(calls).toBe(0)
  })

  test('has another tool do it, with its own guards, checks and grants', async () => {
    const guarded: string[] = []
    host.taps['tool.guard'] = ({ tool }: ToolFacts) => void guarded.push(tool)
    host.taps['tool.input'] = ({ tool }: ToolFacts) =>
      tool === 'flaky' ? redirect('echo') : undefined
    expect(await execute('flaky', { text: 'a' })).toMatchObject({
      result: 'a',
      metadata: { tool: 'echo' },
    })
    expect([calls, guarded]).toEqual([0, ['flaky', 'echo']])
    expect(await failure('flaky')).toMatchObject({ code: 'INPUT_INVALID' })
    host.taps['tool.input'] = ({ tool }: ToolFacts) =>
      tool === 'flaky' ? redirect('reader') : undefined
    host.run.grants = [{ holder: 'command line', allow: {} }]
    expect(await failure('flaky')).toMatchObject({ code: 'PERMISSION_DENIED' })
    host.taps['tool.input'] = () => redirect('nobody')
    expect(await failure('flaky')).toMatchObject({ code: 'TOOL_NOT_FOUND' })
  })

  test('cannot send it on for ever', async () => {
    host.taps['tool.input'] = ({ tool }: ToolFacts) =>
      redirect(tool === 'flaky' ? 'unsafe' : 'flaky')
    expect(await failure('flaky')).toMatchObject({ code: 'HOOK_RESULT_INVALID' })
    expect(calls).toBe(0)
  })
})

describe('tool.output', () => {
  test('has it run again, three times unless it says another number, never more than ten', async () => {
    host.taps['tool.output'] = () => retry()
    expect(await execute('flaky')).toMatchObject({ result: 3, metadata: { attempts: 3 } })
    host.taps['tool.output'] = () => retry({ maxAttempts: 99, delayMs: 1 })
    calls = 0
    expect(await execute('flaky')).toMatchObject({ result: 10 })
  })

  test('does not have a thing done twice', async () => {
    host.taps['tool.output'] = () => retry()
    expect(await execute('unsafe')).toMatchObject({ result: 1 })
  })

  test('cancels, or gives something else', async () => {
    host.taps['tool.output'] = () => cancel('no')
    expect(await failure('flaky')).toMatchObject({ details: { hook: 'tool.output' } })
    host.taps['tool.output'] = () => replace(0)
    expect(await execute('flaky')).toMatchObject({
      result: 0,
      metadata: { replaced_by: 'tester' },
    })
    host.taps['tool.output'] = () => replace('zero')
    expect(await failure('flaky')).toMatchObject({ code: 'TOOL_FAILED' })
  })
})

describe('tool.error', () => {
  test('has it run again', async () => {
    failures = 2
    const seen: number[] = []
    host.taps['tool.error'] = ({ attempt, error }: ToolErrorFacts) => {
      seen.push(attempt)
      expect(error).toMatchObject({ code: 'HTTP_FAILED', details: { status: 500 } })
      return retry()
    }
    expect(await execute('flaky')).toMatchObject({ result: 3, metadata: { attempts: 3 } })
    expect(seen).toEqual([1, 2])
  })

  test('gives up after the last attempt, and where the run has ended', async () => {
    failures = 99
    host.taps['tool.error'] = () => retry({ maxAttempts: 2 })
    expect(await failure('flaky')).toMatchObject({ code: 'HTTP_FAILED' })
    expect(calls).toBe(2)
    host.taps['tool.error'] = () => retry({ delayMs: 60_000 })
    setTimeout(() => host.run.stop.abort(new SpellError('CANCELLED', 'Enough.')), 10)
    expect(await failure('flaky')).toMatchObject({ code: expect.any(String) })
    expect(calls).toBe(3)
  })

  test('does not repeat what is unsafe or was handed out in part', async () => {
    failures = 99
    host.taps['tool.error'] = () => retry()
    expect(await failure('unsafe')).toMatchObject({ code: 'HTTP_FAILED' })
    expect(calls).toBe(1)
    const talk = failure('talker', {}, { on_chunk: async () => null })
    expect(await talk).toMatchObject({ code: 'HTTP_FAILED' })
  })

  test('answers instead, or says it in other words', async () => {
    failures = 99
    host.taps['tool.error'] = () => replace(0)
    expect(await execute('flaky')).toMatchObject({
      result: 0,
      metadata: { replaced_by: 'tester' },
    })
    host.taps['tool.error'] = (facts: ToolErrorFacts) =>
      modify({ ...facts, error: { ...facts.error, code: 'X', message: 'Try later.', hint: 'h' } })
    expect(await failure('flaky')).toMatchObject({
      code: 'HTTP_FAILED',
      message: 'Try later.',
      hint: 'h',
      details: { status: 500 },
    })
  })

  test('is not asked about the end of a run, nor about what hooks decided', async () => {
    const asked: unknown[] = []
    host.taps['tool.error'] = (facts) => void asked.push(facts)
    host.taps['tool.output'] = () => cancel('no')
    await failure('flaky')
    host.run.stop.abort(new SpellError('BUDGET_EXCEEDED', 'Enough.'))
    await failure('flaky')
    expect(asked).toEqual([])
  })
})

describe('a search', () => {
  const names = async (fn: string, ...args: unknown[]): Promise<readonly string[]> =>
    ((await host.call(fn, args)) as readonly { name: string }[]).map(({ name }) => name)

  test('is changed before and after', async () => {
    host.taps['tool.list'] = (facts: object) => modify({ ...facts, filter: { category: 'text' } })
    expect(await names('list')).toEqual(['echo'])
    expect(await names('discover', { query: 'flaky' })).toEqual(['echo'])
    host.taps['tool.list'] = undefined
    host.taps['tool.listed'] = (facts: ToolListedFacts) =>
      modify({ ...facts, rows: facts.rows.slice(1, 2) })
    expect(await names('list')).toEqual(['flaky'])
  })

  test('is answered or refused', async () => {
    host.taps['tool.list'] = () => replace([{ name: 'mine' }])
    expect(await names('list')).toEqual(['mine'])
    host.taps['tool.list'] = () => cancel('no')
    await expect(names('list')).rejects.toMatchObject({ code: 'HOOK_CANCELLED' })
  })

  test.each([
    ['tool.list', replace(['x'])],
    ['tool.list', replace(null)],
    ['tool.list', modify({ filter: { color: 'red' } })],
    ['tool.listed', modify({ rows: [{}] })],
  ])('is not answered with nonsense at %s', async (point, verdict) => {
    host.taps[point] = () => verdict
    await expect(names('list')).rejects.toMatchObject({ code: 'HOOK_RESULT_INVALID' })
  })
})
