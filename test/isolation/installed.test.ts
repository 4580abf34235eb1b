import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import { createRuntime, type Runtime, type RuntimeOptions } from '@llmspell/runtime'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { debianProgram } from '../support/debian.ts'
import { dependency, installed, newFolder, type Installed } from '../support/isolation.ts'

const bubblewrap = debianProgram('bubblewrap', 'bwrap').path
const folder = newFolder()
const opened: Runtime[] = []
let made = 0
afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.dispose()
})
afterAll(() => rmSync(folder, { recursive: true }))

const place = (): string => join(folder, String(made++), 'plugins')

function open(plugins: Installed, more: RuntimeOptions = {}, bwrap = bubblewrap): Runtime {
  const sandbox = { bubblewrap: bwrap ?? '/no-such/bwrap' }
  const config = { plugins: { sandbox } }
  const allow = { unjailed: ['*'] }
  const runtime = createRuntime({ folder: plugins.folder, config, allow, ...more })
  opened.push(runtime)
  return runtime
}

const call = async (runtime: Runtime, code: string): Promise<unknown> =>
  (await runtime.tool('guest').invoke({ code })).result

const APART = { host: 'process' }

describe('a host whose plugin folder has a plugin that nobody trusts', () => {
  test.each<[string, RuntimeOptions]>([
    ['full', {}],
    ['tools', { profile: 'tools' }],
    ['agents', { profile: 'agents' }],
    ['a list of ids', { profile: ['tools'] }],
  ])('runs it apart with the profile %s', async (_, options) => {
    const runtime = open(installed(place(), APART), options)
    expect(await call(runtime, 'return 6 * 7')).toBe(42)
    const row = runtime.report().plugins.find(({ id }) => id === 'guest')
    expect(row).toMatchObject({ source: 'folder', host: 'process', state: 'active' })
  })
})

const SETUP = `
const { createRequire } = await import('node:module')
const require = createRequire(import.meta.url)
globalThis.told = async () => [
  (await import('near')).default,
  (await import('@far/own')).default,
  require('plain')(),
  await import('beside').then(() => 'read', (error) => error.code),
]
`
const NEEDS = ['near', '@far/own', 'plain']

describe.each([
  ['in a jail', bubblewrap],
  ['without a jail', '/no-such/bwrap'],
])('a plugin with packages of its own, %s', (_, bwrap) => {
  test.skipIf(!bwrap)(
    'finds them beside it and in it, and none that it does not name',
    async () => {
      const plugins = installed(place(), APART, SETUP, NEEDS)
      const { beside, root } = plugins
      const module = { type: 'module', exports: './index.js' }
      const inside = join(root, 'node_modules')
      dependency(inside, 'near', "export { default } from 'deep'", {
        ...module,
        dependencies: { deep: '*' },
      })
      dependency(join(inside, 'near', 'node_modules'), 'deep', "export default 'deep'", module)
      dependency(beside, '@far/own', "export default 'far'", module)
      const needs = { dependencies: { json: '*' } }
      dependency(beside, 'plain', "module.exports = () => require('json/data.json').word", needs)
      dependency(beside, 'json', '')
      writeFileSync(join(beside, 'json', 'data.json'), '{ "word": "plain" }')
      dependency(beside, 'beside', "export default 'beside'", module)
      const runtime = open(plugins, {}, bwrap)
      expect(await call(runtime, 'return told()')).toEqual([
        'deep',
        'far',
        'plain',
        expect.stringMatching(/^ERR_(?:MODULE_NOT_FOUND|ACCESS_DENIED)$/),
      ])
    },
  )
})

test.skipIf(!bubblewrap)('a package above the plugin folder is none of its own', async () => {
  const where = place()
  const setup = `globalThis.told = () => import('above').then(() => 'read', (error) => error.code)`
  const plugins = installed(where, APART, setup, ['above'])
  const module = { type: 'module', exports: './index.js' }
  dependency(join(dirname(where), 'node_modules'), 'above', 'export default 1', module)
  expect(await call(open(plugins), 'return told()')).toBe('ERR_MODULE_NOT_FOUND')
})

test('a process that is started anew is started from what was accepted', async () => {
  const where = place()
  const files = await filesOf(installed(where, APART).root)
  const plugins = installed(where, { ...APART, files })
  const runtime = open(plugins)
  expect(await call(runtime, 'return 1')).toBe(1)
  writeFileSync(join(plugins.root, 'more.js'), '')
  expect(await call(runtime, 'return 2')).toBe(2)
  await expect(call(runtime, 'process.exit(1)')).rejects.toMatchObject({ code: 'PLUGIN_CRASHED' })
  await expect(call(runtime, 'return 3')).rejects.toMatchObject({ code: 'INTEGRITY' })
  rmSync(join(plugins.root, 'more.js'))
  expect(await call(runtime, 'return 4')).toBe(4)
})

async function filesOf(root: string): Promise<string> {
  await using kernel = createKernel({})
  await kernel.start()
  return (await kernel.use('plugins')).files(root).hash
}
