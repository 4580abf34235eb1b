import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createRuntime } from '@llmspell/runtime'
import { describe, expect, test } from 'vitest'
import { Folder } from '../cli/support.ts'
import { ROOT } from '../support/root.ts'

const PROGRAM = join(ROOT, 'test', 'embed', 'programs', 'quiet.mjs')

test('a runtime needs no file of its host, takes nothing of its process, and leaves nothing open', async () => {
  using folder = new Folder()
  folder.write('.env', 'OPENAI_API_KEY=sk-stray\n')
  const flags = ['--permission', `--allow-fs-read=${join(ROOT, '*')}`, PROGRAM]
  const run = promisify(execFile)(process.execPath, flags, { cwd: folder.path, timeout: 30_000 })
  const { stdout, stderr } = await run
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    facts: {
      lua: 42,
      javascript: 42,
      durable: 42,
      tool: '42',
      agent: true,
      workflow: 42,
      state: 42,
      model: 'mock/demo',
      providers: true,
      ends: ['CANCELLED', 'CANCELLED', 'CANCELLED', 'CANCELLED'],
      after: 'KERNEL_STATE',
    },
    quiet: { listeners: true, globals: [], same: true, open: [] },
  })
  expect(readdirSync(folder.path)).toEqual(['.env'])
})

describe('the profile', () => {
  const imports = async (
    profile: Parameters<typeof createRuntime>[0] & object,
    work: (runtime: ReturnType<typeof createRuntime>) => Promise<unknown>,
  ): Promise<number> => {
    await using runtime = createRuntime(profile)
    await work(runtime)
    return runtime.report().imports
  }
  const lua = 'return 1'

  test('decides what there is, and nothing is imported before it is used', async () => {
    expect(await imports({}, async (runtime) => runtime.report())).toBe(0)
    for (const profile of ['full', 'agents', 'tools', ['engine-lua']] as const) {
      expect(await imports({ profile }, (runtime) => runtime.run(lua))).toBe(2)
    }
  })

  test('tools has no models; agents has; a list has what it names and that requires', async () => {
    const found = (profile: 'tools' | 'agents' | readonly string[]): readonly string[] => {
      const { plugins } = createRuntime({ profile }).report()
      return plugins.filter(({ state }) => state === 'resolved').map(({ id }) => id)
    }
    expect(found('tools')).toContain('tool-calculator')
    expect(found('tools')).not.toContain('agents')
    expect(found('agents')).toEqual(
      expect.arrayContaining(['agents', 'workflows', 'provider-mock']),
    )
    expect(found('agents')).not.toContain('sessions')
    const list = [
      'engine-lua',
      'permissions',
      'script-plugins',
      'script-runtime',
      'tool-calculator',
    ]
    list.push('tools')
    expect(found(['engine-lua', 'tool-calculator', 'tools'])).toEqual(expect.arrayContaining(list))
    expect(found(['engine-lua', 'tool-calculator', 'tools'])).toHaveLength(list.length)
  })

  test('that lacks something says so', async () => {
    await using runtime = createRuntime({ profile: 'tools' })
    await expect(runtime.run('return Agent.create{}')).rejects.toMatchObject({
      message: expect.stringContaining('Agent'),
    })
    await expect(runtime.use('agents')).rejects.toMatchObject({ code: 'SERVICE_MISSING' })
  })

  test('takes the plugins of the host along: a folder, and a script file', async () => {
    const plugins = [join(ROOT, 'plugins', 'engine-fengari'), './plugins/dice.lua']
    const from = join(ROOT, 'examples')
    await using runtime = createRuntime({
      profile: ['engine-lua', 'hooks', 'tools'],
      plugins,
      from,
    })
    const dice = await runtime.tool('dice').invoke({ count: 3 })
    expect(dice).toMatchObject({ success: true, result: { sum: expect.any(Number) } })
    const fengari = { source: 'return 6 * 7', engine: 'fengari' }
    expect((await runtime.run(fengari)).value).toBe(42)
  })
})
