import type { CallContext, HandleRef, Progress, Value } from '@llmspell/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hostPlugin, inRun } from '../support/host.ts'
import { openHouse, type House } from '../support/kernel.ts'

interface Result {
  readonly text: string
  readonly data?: Value
  readonly tool_calls: readonly { readonly result?: Value; readonly error?: { code: string } }[]
  readonly metadata: { readonly [key: string]: Value }
}

const PLUGINS = [
  'permissions',
  'files',
  'http',
  'models',
  'provider-mock',
  'language-models',
  'provider-openai',
  'tools',
  'tool-calculator',
  'agents',
  'script-runtime',
]
let house: House

beforeAll(async () => {
  house = await openHouse(PLUGINS, [hostPlugin])
})
afterAll(() => house[Symbol.asyncDispose]())

const scripted = (...replies: Value[]) => ({
  provider: 'mock',
  model: 'scripted',
  settings: { replies },
})
const calls = (name: string, input: Value): Value => ({ tool_calls: [{ name, input }] })

const create = (context: CallContext, config: object): Promise<HandleRef> =>
  context.call('Agent', 'create', [config]) as Promise<HandleRef>

const execute = (
  context: CallContext,
  handle: HandleRef,
  input: Value,
  options = {},
): Promise<Result> =>
  context.call('Agent', 'Agent.execute', [input, options], { handle }) as Promise<Result>

/** One question to one agent in a run of its own. */
const ask = (config: object, input: Value = 'Hello', options = {}): Promise<Result> =>
  inRun(house, async (context) => execute(context, await create(context, config), input, options))

describe('an agent of the whole house', () => {
  test('answers in a fresh installation and says that no model did', async () => {
    const result = await ask({ system_prompt: 'Answer in one line.' })
    expect(result.text).not.toBe('')
    expect(result.metadata).toMatchObject({ mock: true, provider: 'mock', steps: 1 })
  })

  test('calls the calculator, and its answer depends on the result', async () => {
    const result = await ask({ tools: ['calculator'] }, 'What is 6 * 7?')
    expect(result.text).toContain('42')
    expect(result.tool_calls).toMatchObject([{ name: 'calculator' }])
    expect(result.metadata['steps']).toBe(2)
  })

  test('tells its model about wrong input and foreign tools', async () => {
    const model = scripted(
      calls('calculator', { expr: '1' }),
      calls('file-read', { path: 'x' }),
      'Sorry.',
    )
    const result = await ask({ model, tools: ['calculator'] })
    expect(result.tool_calls.map(({ error }) => error?.code)).toEqual([
      'INPUT_INVALID',
      'TOOL_NOT_FOUND',
    ])
    expect(result.text).toBe('Sorry.')
  })

  test('gives data for a schema, after a correction', async () => {
    const model = scripted('No.', '{"n": 3}')
    expect((await ask({ model, schema: { n: 'integer' } })).data).toEqual({ n: 3 })
  })

  test.each([
    [{ model: 'nobody/x' }, 'PROVIDER_UNKNOWN'],
    [{ model: 'no such thing' }, 'MODEL_INVALID'],
    [{ model: 'gpt-unheard-of' }, 'MODEL_UNKNOWN'],
    [{ model: 'openai/gpt-4o-mini', api_key: 'env:LLMSPELL_TEST_NO_KEY' }, 'PERMISSION_DENIED'],
    [{ tools: ['calcluator'] }, 'TOOL_NOT_FOUND'],
    [{ temprature: 1 }, 'INPUT_INVALID'],
  ])('refuses %j with %s when it is made', async (config, code) => {
    await expect(inRun(house, (context) => create(context, config))).rejects.toMatchObject({ code })
  })

  test('has a key missing shown when it is made', async () => {
    const config = { model: 'openai/gpt-4o-mini', api_key: 'env:LLMSPELL_TEST_NO_KEY' }
    const made = inRun(house, (context) => create(context, config), {
      allow: { env: ['LLMSPELL_TEST_NO_KEY'] },
    })
    await expect(made).rejects.toMatchObject({ code: 'PROVIDER_KEY_MISSING' })
  })

  test('asks the next model on an outage and for a wrong key', async () => {
    const failing = (kind: string) => ({
      provider: 'mock',
      model: 'scripted',
      settings: { replies: ['never'], fail: [{ kind, on: 'always' }] },
    })
    const fallback = [scripted('from the second')]
    const result = await ask({ model: failing('server_error'), fallback })
    expect(result.text).toBe('from the second')
    expect((await ask({ model: failing('auth'), fallback })).text).toBe('from the second')
  })

  test('streams, and its model stops when the reader leaves', async () => {
    const types = await inRun(house, async (context) => {
      const handle = await create(context, { tools: ['calculator'] })
      const read = async (most: number): Promise<string[]> => {
        const stream = await context.call('Agent', 'Agent.stream', ['What is 6 * 7?'], { handle })
        const seen: string[] = []
        for await (const chunk of stream as AsyncIterable<{ type: string }>) {
          if (seen.push(chunk.type) === most) break
        }
        return seen
      }
      await read(1)
      return read(Number.POSITIVE_INFINITY)
    })
    expect(types).toContain('tool_result')
    expect(types.at(-1)).toBe('finish')
  })

  test('tells people what it does, and the journal every call under its name', async () => {
    const progress: Progress[] = []
    const actors: string[] = []
    await inRun(
      house,
      async (context) =>
        execute(context, await create(context, { name: 'clerk', tools: ['calculator'] }), '6 * 7?'),
      {
        onProgress: (event) => progress.push(event),
        journal: {
          append: (record) => actors.push(`${record.actor} ${record.module}.${record.function}`),
          records: () => [],
        },
      },
    )
    expect(progress.map(({ text }) => text).join()).toContain('calling calculator')
    expect(actors).toContain("agent 'clerk' Tool.execute")
    expect(actors).toContain("agent 'clerk' Provider.stream")
  })
})

describe('agents that ask each other', () => {
  test('answer for each other', async () => {
    const result = await inRun(house, async (context) => {
      const chemist = await create(context, { name: 'chemist', model: scripted('Iron oxide.') })
      const model = scripted(calls('chemist', { input: 'Rust?' }), 'It is iron oxide.')
      return execute(context, await create(context, { model, tools: [chemist] }), 'Explain rust')
    })
    expect(result).toMatchObject({
      text: 'It is iron oxide.',
      tool_calls: [{ result: 'Iron oxide.' }],
    })
  })

  test('count for the budget of the one that asked, also as registered tools', async () => {
    const made = inRun(house, async (context) => {
      const handle = await create(context, {
        name: 'chemist',
        model: scripted('Iron oxide, as everybody knows.'),
      })
      const tool = (await context.call('Agent', 'Agent.as_tool', [{ name: 'ask' }], {
        handle,
      })) as HandleRef
      const model = scripted(calls('ask', { input: 'Rust?' }), 'It is iron oxide.')
      const editor = await create(context, { name: 'editor', model, tools: [tool] })
      const alone = await execute(context, handle, 'Rust?')
      const tokens = alone.metadata['token_count'] as number
      const first = await execute(context, editor, 'Explain rust')
      expect(first.metadata['token_count']).toBeGreaterThan(tokens)
      return execute(context, editor, 'Explain rust', {
        budget: { max_tokens: (first.metadata['token_count'] as number) - 1 },
      })
    })
    await expect(made).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      details: { who: "agent 'editor'" },
    })
  })

  test('run under the grants of all of them', async () => {
    const seen: string[][] = []
    await inRun(
      house,
      async (context) => {
        const chemist = await create(context, {
          name: 'chemist',
          tools: ['calculator'],
          model: scripted(calls('calculator', { expression: '1+1' }), '2'),
        })
        const model = scripted(calls('chemist', { input: 'x' }), 'ok')
        await execute(
          context,
          await create(context, { name: 'editor', model, tools: [chemist] }),
          'x',
        )
      },
      {
        journal: {
          append: (record) => seen.push([record.actor, record.function]),
          records: () => [],
        },
      },
    )
    expect(seen).toContainEqual(["agent 'chemist'", 'execute'])
    expect(seen).toContainEqual(["agent 'editor'", 'Agent.execute'])
  })
})
