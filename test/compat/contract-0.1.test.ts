import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createKernel, manifestHash, type Kernel } from '@llmspell/kernel'
import { describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell } from '../cli/support.ts'
import { ROOT } from '../support/root.ts'

declare module '@llmspell/sdk' {
  interface Services {
    'old-times': { readonly louder: boolean; readonly started: readonly string[] }
  }
}

const OLD = join(ROOT, 'test', 'fixtures', 'contract-0.1')
const NEEDED = ['script-runtime', 'permissions', 'tools', 'engine-lua', 'engine-javascript']
const SAY = 'return Tool.execute("old-echo", { text = "hello" }).result.said'

async function house(louder: boolean): Promise<Kernel> {
  const folders = NEEDED.map((name) => join(ROOT, 'plugins', name))
  const config = louder ? { plugins: { 'old-times': { louder } } } : {}
  const kernel = createKernel({ plugins: [...folders, OLD], config })
  await kernel.start()
  return kernel
}

const rowOf = (kernel: Kernel) => kernel.list().find(({ id }) => id === 'old-times')
const usedAt = (kernel: Kernel, name: string) =>
  kernel.hooks.list().find((point) => point.name === name)?.used

async function say(kernel: Kernel, source = SAY, file = 'test.lua') {
  const runtime = await kernel.use('script-runtime')
  return (await runtime.run({ source, file })).value
}

describe('a plugin that was written for 0.1', () => {
  test('is held to that level, runs, and its author is told to go on', async () => {
    await using kernel = await house(false)
    expect(rowOf(kernel)).toMatchObject({ contract: '0.1', state: 'resolved' })
    expect(await say(kernel)).toBe('hello')
    expect(rowOf(kernel)).toMatchObject({ contract: '0.1', state: 'active', missing: [] })
    expect(kernel.report().problems).toEqual([
      expect.objectContaining({
        severity: 'warning',
        code: 'PLUGIN_OUTDATED',
        plugin: 'old-times',
      }),
    ])
    expect(kernel.list().find(({ id }) => id === 'tools')).toMatchObject({ contract: '0.2' })
  })

  test('is woken by no hook point whose key of the config is not given', async () => {
    await using kernel = await house(false)
    expect(rowOf(kernel)).toMatchObject({ state: 'resolved' })
    expect(usedAt(kernel, 'kernel.pluginActivated')).toBe(false)
    expect(usedAt(kernel, 'tool.input')).toBe(false)
    expect((await kernel.use('old-times')).started).toEqual([])
  })

  test('may say of a point that it does not tap it', async () => {
    await using kernel = await house(false)
    await kernel.use('old-times')
    expect(rowOf(kernel)?.registered).toContain('tap tool.output')
    expect(rowOf(kernel)?.missing).toEqual([])
    expect(usedAt(kernel, 'tool.output')).toBe(false)
  })

  test('taps where the key is given, and is there from the start', async () => {
    await using kernel = await house(true)
    expect(rowOf(kernel)).toMatchObject({ state: 'active' })
    expect(await say(kernel)).toBe('HELLO')
    const script = 'return (await Tool.execute("old-echo", { text: "hi" })).result.said'
    expect(await say(kernel, script, 'test.js')).toBe('HI')
    expect((await kernel.use('old-times')).started).toContain('tools')
  })

  test('leaves nothing behind', async () => {
    const kernel = await house(true)
    expect(await say(kernel)).toBe('HELLO')
    expect(await kernel.stop()).toEqual([])
    expect(rowOf(kernel)).toMatchObject({ state: 'disposed', registered: [] })
  })
})

/** A home whose plugin folder has accepted the plugin, or a variant of it. */
function home(more: object = {}): Folder {
  const json = JSON.parse(readFileSync(join(OLD, 'package.json'), 'utf8')) as Record<string, string>
  const changed = { ...json, ...more }
  const { name, version } = json
  const hash = { manifestHash: manifestHash(changed), trusted: true }
  const entry = { id: 'old-times', package: name, version, ...hash }
  const folder = new Folder({
    'plugins/package.json': JSON.stringify({ dependencies: { [name!]: version } }),
    'plugins/plugins.lock.json': JSON.stringify({ plugins: [entry] }),
  })
  cpSync(OLD, join(folder.path, 'plugins', 'node_modules', name!), { recursive: true })
  folder.write(`plugins/node_modules/${name}/package.json`, JSON.stringify(changed))
  return folder
}

describe('on the command line a plugin that was written for 0.1', () => {
  test('works, is listed with its level, and the doctor says what would be good for it', async () => {
    using folder = home()
    const env = { LLMSPELL_HOME: folder.path }
    const ran = await llmspell(['exec', SAY, '--json'], { env })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(envelope(ran)).toMatchObject({ ok: true, result: 'hello' })
    const { plugins } = envelope(await llmspell(['plugin', 'list', '--json'], { env }))
    expect(plugins).toContainEqual(expect.objectContaining({ id: 'old-times', contract: '0.1' }))
    const { stdout } = await llmspell(['plugin', 'doctor'], { env })
    expect(stdout).toContain("warning[PLUGIN_OUTDATED]: Plugin 'old-times' was written for the")
    expect(stdout).toContain('hint: Update llmspell-plugin-old-times')
  })

  test.each([
    ['^9.0.0', 'Update llmspell, or install a version of llmspell-plugin-old-times for'],
    ['^0.0.9', 'Install a newer version of llmspell-plugin-old-times'],
  ])('but for %s is refused with what to do', async (range, hint) => {
    using folder = home({ engines: { llmspell: range } })
    const env = { LLMSPELL_HOME: folder.path }
    const { plugins } = envelope(await llmspell(['plugin', 'doctor', '--json'], { env }))
    const row = (plugins as { readonly id: string }[]).find(({ id }) => id === 'old-times')
    const failure = { code: 'PLUGIN_INCOMPATIBLE', hint: expect.stringContaining(hint) }
    expect(row).toMatchObject({ state: expect.any(String), failure })
  })
})
