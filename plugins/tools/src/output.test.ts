import { modify, SpellError } from '@llmspell/sdk'
import type { ToolOutputFacts, ToolResult, Validator } from '@llmspell/sdk'
import { beforeEach, describe, expect, test } from 'vitest'
import { toolsHost } from './testing/fake-host.ts'
import type { ToolsHost } from './testing/fake-host.ts'
import { given } from './testing/given-tools.ts'

const OUTPUT = {
  type: 'object',
  properties: { name: { type: 'string' }, size: { type: 'integer', minimum: 0 } },
  required: ['name', 'size'],
  additionalProperties: false,
}
const LARGE = 'x'.repeat(600 * 1024)

let host: ToolsHost
let failures: SpellError[]
let calls = 0
let compiled = 0

const flaky = (item: object, effectOf?: () => 'pure') => {
  const tool = given(() => {
    calls++
    const error = failures.shift()
    if (error) throw error
    return { result: 'at last' }
  }, item)
  return effectOf ? { ...tool, tool: { ...tool.tool, effectOf } } : tool
}
const ownCheck: Validator = (value) => {
  compiled++
  ownCheck.errors = [{ instancePath: '', keyword: 'type', params: { type: 'string' }, data: value }]
  return typeof value === 'string'
}

beforeEach(async () => {
  failures = []
  calls = 0
  compiled = 0
  const own = given(({ give }: { give: string | number }) => ({ result: give }), {
    output: { type: 'number' },
  })
  host = await toolsHost({
    wrong: given(() => ({ result: { name: 5, size: -1, more: true } }), { output: OUTPUT }),
    right: given(() => ({ result: { name: 'a', size: 1 } }), { output: OUTPUT }),
    own: { ...own, tool: { ...own.tool, validateOutput: ownCheck } },
    large: given(() => ({ result: LARGE })),
    deep: given(() => ({ result: Array.from({ length: 63 }).reduce<unknown>((x) => [x], 1) })),
    flaky: flaky({ effect: 'idempotent' }),
    unsafe: flaky({ effect: 'unsafe' }),
    sometimes: flaky({ effect: 'unsafe' }, () => 'pure'),
    talker: given(
      async (_input, call) => {
        calls++
        await call.emit({ type: 'text', text: 'half' })
        throw new SpellError('HTTP_FAILED', 'Gone.')
      },
      { effect: 'pure' },
    ),
    web: given(
      ({ fail }: { fail?: string }) => {
        if (fail) throw new SpellError(fail, 'No.')
        return { result: 'from outside' }
      },
      { untrusted: true },
    ),
    plain: given((input) => ({ result: input })),
  })
})

const execute = (name: string, params?: object, options?: object): Promise<ToolResult> =>
  host.call('execute', [name, params, options])
const failure = (name: string, params?: object, options?: object): Promise<unknown> =>
  execute(name, params, options).catch((error: unknown) => error)

describe('a result', () => {
  test('that breaks its schema is a fault of the tool: where, what was expected, what was found', async () => {
    expect(await failure('wrong')).toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringMatching(
        /^Tool 'wrong' gave a result that breaks its schema: .*'result\.more': .*'result\.name': expected .*, found 5 .*'result\.size'/,
      ),
      details: { errors: { length: 3 } },
    })
    expect((await execute('right')).data).toEqual({ name: 'a', size: 1 })
  })

  test("is held against the tool's own check, which comes before its schema", async () => {
    expect((await execute('own', { give: 'text' })).text).toBe('text')
    expect(await failure('own', { give: 1 })).toMatchObject({ code: 'TOOL_FAILED' })
    expect(compiled).toBe(2)
  })

  test('that a hook has changed is checked again', async () => {
    host.taps['tool.output'] = (p: ToolOutputFacts) =>
      modify({ ...p, output: { result: 'masked' } })
    expect(await failure('right')).toMatchObject({ code: 'TOOL_FAILED' })
  })

  test('that is too large goes nowhere without a store of artifacts', async () => {
    expect(await failure('large')).toMatchObject({
      code: 'VALUE_TOO_LARGE',
      hint: expect.stringContaining('@llmspell/artifacts'),
    })
    expect(await failure('deep')).toMatchObject({ code: 'VALUE_TOO_LARGE' })
  })
})

describe('another try', () => {
  const retry = { max_attempts: 3, delay: 1, backoff: 2 }
  const lost = (): SpellError => new SpellError('HTTP_FAILED', 'Lost.')

  test('helps where the failure passes, and is counted', async () => {
    failures = [lost(), lost()]
    expect(await execute('flaky', {}, { retry })).toMatchObject({
      text: 'at last',
      metadata: { attempts: 3 },
    })
    expect((await execute('flaky', {}, { retry })).metadata).not.toHaveProperty('attempts')
  })

  test('is not made without being asked for, nor after the last, nor for what stays as it is', async () => {
    failures = [lost()]
    expect(await failure('flaky')).toMatchObject({ code: 'HTTP_FAILED' })
    failures = [lost(), lost(), lost()]
    expect(await failure('flaky', {}, { retry })).toMatchObject({ code: 'HTTP_FAILED' })
    failures = [new SpellError('FILE_NOT_FOUND', 'Not there.')]
    expect(await failure('flaky', {}, { retry })).toMatchObject({ code: 'FILE_NOT_FOUND' })
    expect(calls).toBe(5)
  })

  test.each([
    [{ retryable: false }, 1],
    [{ retryable: true }, 2],
    [{ status: 404 }, 1],
    [{ status: 503 }, 2],
    [{ reason: 'EBUSY' }, 2],
  ])('heeds what the failure says of itself: %j', async (details, tries) => {
    const code = 'reason' in details ? 'FILE_UNREADABLE' : 'PROVIDER_FAILED'
    failures = [new SpellError(code, 'No.', { details })]
    await failure('flaky', {}, { retry })
    expect(calls).toBe(tries)
  })

  test('is refused where it could do a thing twice', async () => {
    expect(await failure('unsafe', {}, { retry })).toMatchObject({
      code: 'TOOL_RETRY_UNSAFE',
      details: { effect: 'unsafe' },
    })
    expect(calls).toBe(0)
    failures = [lost()]
    expect(await execute('sometimes', {}, { retry })).toMatchObject({ metadata: { attempts: 2 } })
  })

  test('is not made when a reader has got chunks', async () => {
    const on_chunk = (): Promise<void> => Promise.resolve()
    expect(await failure('talker', {}, { retry, on_chunk })).toMatchObject({ code: 'HTTP_FAILED' })
    expect(calls).toBe(1)
  })

  test('is not waited for when the run ends', async () => {
    failures = [lost()]
    const started = performance.now()
    const running = failure('flaky', {}, { retry: { ...retry, delay: '60s' } })
    setTimeout(() => host.run.stop.abort(new SpellError('BUDGET_EXCEEDED', 'Enough.')), 20)
    expect(await running).toBeInstanceOf(SpellError)
    expect(performance.now() - started).toBeLessThan(2000)
    expect(calls).toBe(1)
  })
})

describe('text from outside', () => {
  test('is marked in the result, a failed one too, and in the run', async () => {
    expect((await execute('web')).metadata.untrusted).toBe(true)
    expect(host.run.labels).toEqual(new Set(['untrusted']))
    expect(await execute('web', { fail: 'X' }, { on_error: 'return' })).toMatchObject({
      success: false,
      metadata: { untrusted: true },
    })
    expect((await execute('plain')).metadata).not.toHaveProperty('untrusted')
  })

  test('does not mark a run that was denied it', async () => {
    await failure('web', { fail: 'PERMISSION_DENIED' })
    expect(host.run.labels.size).toBe(0)
  })
})

test('the handle of a secret reaches a tool as its name, whatever the script says of it', async () => {
  const context = host.run.context()
  const plain = context.handle('Secret', { name: 'github' }, { name: 'other' })
  const variable = context.handle('Secret', { name: 'env:TOKEN' }, {})
  expect((await execute('plain', { auth: { plain, list: [variable] } })).result).toEqual({
    auth: { plain: 'secret:github', list: ['env:TOKEN'] },
  })
})
