import { readFileSync } from 'node:fs'
import type { ScriptModule, Value } from '@llmspell/sdk'
import { violations } from '@llmspell/sdk'
import { describe, expect, it } from 'vitest'
import { validators } from './generated/agent.module.validate.js'
import { agentHandlers } from './handlers.ts'
import { FakeRun } from './testing/fake-run.ts'

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
const module = read('../schemas/agent.module.json') as ScriptModule
const manifest = (
  read('../package.json') as {
    readonly llmspell: {
      readonly contributes: { readonly errors: readonly { readonly name: string }[] }
    }
  }
).llmspell

describe('the module Agent', () => {
  const functions = Object.entries(module.functions).filter(([, fn]) => fn.kind !== 'local')
  const methods = Object.entries(module.handles!).flatMap(([handle, { methods: all }]) =>
    Object.entries(all).map(([name, fn]) => [`${handle}.${name}`, fn] as const),
  )

  it('has one handler and one check for each function', () => {
    const names = [...functions, ...methods].map(([name]) => name).sort()
    expect(Object.keys(agentHandlers({} as never)).sort()).toEqual(names)
    expect(Object.keys(validators)).toEqual(expect.arrayContaining(names))
  })

  it('has an example in both languages for each function', () => {
    const all = [...Object.entries(module.functions), ...methods]
    const bare = all.filter(([, { examples }]) => !examples?.[0]?.lua || !examples[0].javascript)
    expect(bare).toEqual([])
  })

  it('declares its own errors once and leaves BUDGET_EXCEEDED to its owner', () => {
    const names = manifest.contributes.errors.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).not.toContain('BUDGET_EXCEEDED')
  })

  it.each<[Value, boolean]>([
    [{}, true],
    [{ model: 'mock/demo', temperature: 0.5, tools: ['a'], budget: { max_time: '5m' } }, true],
    [
      {
        model: { provider: 'openai', model: 'x', settings: { any: [1] } },
        memory: { messages: 3 },
      },
      true,
    ],
    [
      {
        system_prompt: { $llmspell: 'callback', id: 1 },
        tools: [{ $llmspell: 'handle', type: 'Tool', id: 't', fields: {} }],
      },
      true,
    ],
    [{ temprature: 1 }, false],
    [{ temperature: 2 }, true],
    [{ temperature: 11 }, false],
    [{ budget: { steps: 1 } }, false],
    [{ budget: { max_time: 'soon' } }, false],
    [{ memory: { messages: 3, strategy: 'summary' } }, true],
    [{ memory: { tokens: 8000 } }, true],
    [{ memory: { tokens: 8 } }, false],
    [{ memory: { strategy: 'forget' } }, false],
    [{ stop_when: { tool: 'done' } }, true],
    [{ stop_when: {} }, false],
    [{ stop_when: { tol: 'done' } }, false],
    [{ handoffs: ['other'] }, true],
    [{ handoffs: [5] }, false],
    [{ tools: [{ $llmspell: 'handle', type: 'Workflow', id: 't', fields: {} }] }, false],
    [{ persist: true }, true],
    [{ persist: 5 }, false],
    [{ tools: 'calculator' }, false],
  ])('checks the configuration %j', (config, valid) => {
    expect(validators['create']!({ config })).toBe(valid)
  })

  it('says how one tool is written', () => {
    const check = validators['create']!
    check({ config: { tools: 'calculator' } })
    expect(violations(check.errors!)).toMatchObject([
      { path: 'config.tools', hint: 'Write it as a list, even of one.' },
    ])
  })

  const picture = { $llmspell: 'handle', type: 'Media', id: 'm', fields: {} }
  it.each([
    [{ memory: { mesages: 4 } }, 'memory.mesages', "Did you mean 'messages'?"],
    [{ stop_when: { tol: 'done' } }, 'stop_when.tol', "Did you mean 'tool'?"],
  ])('names what is wrong in the alternative that was meant: %j', (config, path, hint) => {
    const check = validators['create']!
    check({ config })
    expect(violations(check.errors!)).toMatchObject([{ path: `config.${path}`, hint }])
  })

  it.each([
    [{ image: 'p.png' }, 'image', 'a handle of Media', 'Make one with Media.file(...).'],
    [{ media: picture }, 'media', 'an array', 'Write it as a list, even of one.'],
  ])('says how media are written: %j', (input, path, expected, hint) => {
    const check = validators['Agent.execute']!
    check({ input })
    const [first, ...others] = violations(check.errors!)
    expect(first).toMatchObject({ path: `input.${path}`, expected, hint })
    expect(others.every((other) => other.path === first!.path)).toBe(true)
  })
})

describe('Agent', () => {
  it('lists, gets and registers agents', async () => {
    const run = new FakeRun([], { add: {} })
    const poet = await run.create({
      name: 'poet',
      description: 'Writes',
      model: 'fake/a',
      tools: ['add'],
    })
    expect(poet.fields).toEqual({ name: 'poet', description: 'Writes', model: 'fake/a' })
    expect(await run.call('register', [{}])).toBe('agent-1')
    expect(await run.call('list')).toEqual([
      { name: 'poet', description: 'Writes', model: 'fake/a', tools: ['add'] },
      { name: 'agent-1', description: '', model: 'fake/demo', tools: [] },
    ])
    expect(await run.call('get', ['poet'])).toBe(poet)
    expect(await run.call('get', ['nobody'])).toBeNull()
    expect(await run.call('exists', ['poet'])).toBe(true)
    expect(await run.call('Agent.tools', [], poet)).toEqual(['add'])
    expect(await run.call('Agent.has_tool', ['add'], poet)).toBe(true)
  })

  it('refuses a name that is taken, also by one under way', async () => {
    const run = new FakeRun()
    const both = await Promise.allSettled([
      run.create({ name: 'poet' }),
      run.create({ name: 'poet' }),
    ])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(run.create({ name: 'poet' })).rejects.toMatchObject({ code: 'AGENT_EXISTS' })
  })

  it('finds tools by name, pattern and handle', async () => {
    const run = new FakeRun([], {
      'file-read': {},
      'file-write': {},
      issue: { source: 'github' },
      add: {},
    })
    const tool = run.toolHandle('add')
    const agent = await run.create({ tools: ['file-*', 'file-read', 'github:*', tool] })
    expect(await run.call('Agent.tools', [], agent)).toEqual([
      'file-read',
      'file-write',
      'issue',
      'add',
    ])
  })

  it('refuses tools that are not there, or two of one name', async () => {
    const run = new FakeRun([], { add: {} })
    await expect(run.create({ tools: ['ad'] })).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
      hint: "Did you mean 'add'?",
    })
    await expect(run.create({ tools: ['file.*'] })).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
    })
    await expect(run.create({ tool_choice: 'add' })).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
    })
    await expect(run.create({ tool_choice: 'required' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    const double = await run.create({ name: 'add' })
    await expect(run.create({ tools: ['add', double] })).rejects.toMatchObject({
      code: 'AGENT_TOOL_CONFLICT',
    })
  })

  it('shows its configuration without secrets and functions', async () => {
    const run = new FakeRun([], { add: {} })
    const agent = await run.create({
      name: 'poet',
      api_key: 'sk-literal',
      model: { model: 'x', api_key: 'env:LAB' },
      tools: ['add'],
      approve: async () => true,
      fallback: [{ model: 'y', api_key: 'sk-other' }],
      temperature: 0,
    })
    expect(await run.call('Agent.config', [], agent)).toEqual({
      name: 'poet',
      api_key: '***',
      model: { model: 'x', api_key: 'env:LAB' },
      tools: ['add'],
      approve: 'function',
      fallback: [{ model: 'y', api_key: '***' }],
      temperature: 0,
    })
  })
})
