import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, widest, type Ended } from '../cli/support.ts'
import { HAS_TERMINAL, onTerminal } from '../cli/terminal.ts'
import { npm, spawned } from '../support/npm.ts'
import { binOf } from '../support/packages.ts'
import { code, plugin } from './plugins.ts'
import { Registry } from './registry.ts'
import { publishWorkspaces } from './workspaces.ts'

const NAME = 'llmspell-plugin-weather'
let registry: Registry
let home: Folder
beforeAll(async () => {
  registry = await Registry.start()
  home = new Folder()
  Object.assign(process.env, registry.env)
  await publishWorkspaces(registry, ['sdk'])
  await publishWeather()
})
afterAll(async () => {
  home[Symbol.dispose]()
  await registry[Symbol.asyncDispose]()
})

const cli = (...argv: string[]): Promise<Ended> =>
  llmspell(argv, {
    cwd: home.path,
    env: { ...registry.env, LLMSPELL_HOME: join(home.path, 'home') },
  })
const spell = (...argv: string[]): Promise<Ended> => cli('plugin', ...argv)
const OLD = ['--min-age=0', '--yes', '--trust']
const store = (): string => join(home.path, 'home', 'plugins')
const lock = (): string => readFileSync(join(store(), 'plugins.lock.json'), 'utf8')

const SOURCE = `import { definePlugin } from '@llmspell/sdk'
export default definePlugin({
  setup(ctx) {
    ctx.contribute('tools', 'weather', { execute: () => Promise.resolve({ result: { said: 'sun' } }) })
  },
})
`

/** A plugin of somebody else: what it stands on comes from the registry, and so it goes there. */
async function publishWeather(): Promise<void> {
  const peers = { peerDependencies: { '@llmspell/sdk': '^0.2.0' } }
  const canary = {
    scripts: { preinstall: 'touch CANARY', postinstall: 'touch CANARY', prepare: 'touch CANARY' },
  }
  const json = plugin('weather', {
    permissions: { net: ['https://weather.example'] },
    more: { ...peers, ...canary },
  })
  home.write('weather/package.json', JSON.stringify(json))
  home.write('weather/index.ts', SOURCE)
  const options = {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    types: [],
    skipLibCheck: true,
  }
  home.write(
    'weather/tsconfig.json',
    JSON.stringify({ compilerOptions: options, files: ['index.ts'] }),
  )
  const folder = join(home.path, 'weather')
  expect(await npm(['install', '--ignore-scripts', '--no-audit'], folder)).toMatchObject({
    code: 0,
  })
  expect(
    await spawned(process.execPath, [binOf('typescript', 'tsc'), '-p', '.'], folder),
  ).toMatchObject({ code: 0 })
  home.write('weather/.npmrc', `${registry.origin.slice(5)}/:_authToken=any\n`)
  expect(await npm(['publish', '--ignore-scripts'], folder)).toMatchObject({ code: 0 })
}

/** Enter alone is no. */
async function refuseOnTerminal(): Promise<void> {
  if (!HAS_TERMINAL) return
  const argv = ['plugin', 'update', 'weather', '--min-age=0']
  const env = { ...registry.env, LLMSPELL_HOME: join(home.path, 'home') }
  const type = [['Accept it? [y/N] ', '\n']] as const
  const { stdout } = await onTerminal(argv, { cwd: home.path, env, type })
  expect(stdout).toContain('Nothing was changed.')
}

describe('a plugin of somebody else', () => {
  test('is found, and looked at without being installed', async () => {
    const found = await spell('search', 'weather', '--json')
    expect(envelope(found)).toMatchObject({ packages: [{ package: NAME, installed: false }] })
    const look = await spell('inspect', `${NAME}@latest`, '--json')
    expect(envelope(look)).toMatchObject({
      installed: false,
      package: {
        id: 'weather',
        permissions: { net: ['https://weather.example'] },
        brings: { tools: ['weather'] },
      },
    })
    expect(existsSync(join(store(), 'packages'))).toBe(false)
  })

  test('is not installed while it is new, nor without a yes', async () => {
    const young = await spell('install', NAME, '--yes')
    expect(young).toMatchObject({ code: 4, stderr: expect.stringContaining('PLUGIN_TOO_NEW') })
    const asked = await spell('install', NAME, '--min-age=0', '--trust')
    expect(asked).toMatchObject({ code: 4, stderr: expect.stringContaining('CONSENT_NEEDED') })
    expect(asked.stderr).toContain('https://weather.example')
    expect(widest(asked.stderr.split('error[')[0]!)).toBeLessThanOrEqual(80)
    expect(existsSync(join(store(), 'plugins.lock.json'))).toBe(false)
  })

  test('is installed without running a script of it, and listed with what it may do', async () => {
    const done = await spell('install', NAME, ...OLD)
    expect(done).toMatchObject({ code: 0, stdout: 'weather 1.0.0 is installed.\n' })
    const all = readdirSync(home.path, { recursive: true }) as string[]
    expect(all.filter((path) => path.endsWith('CANARY'))).toEqual([])
    const { plugins } = envelope(await spell('list', '--json')) as { plugins: { id: string }[] }
    expect(plugins.find(({ id }) => id === 'weather')).toMatchObject({
      source: 'folder',
      permissions: { net: ['https://weather.example'] },
      trusted: true,
      integrity: expect.stringMatching(/^sha512-/),
    })
  })

  test('is called from Lua, JavaScript and the command line', async () => {
    const lua = await cli('exec', 'return Tool.weather{}.result.said')
    const js = await cli(
      'exec',
      '-e',
      'javascript',
      "export default (await Tool.execute('weather', {})).result.said",
    )
    const line = await cli('tool', 'invoke', 'weather', '--json')
    expect([lua.stdout, js.stdout].map((text) => text.trim())).toEqual(['sun', 'sun'])
    expect(envelope(line)).toMatchObject({ result: { said: 'sun' } })
  })

  test('that wants more is shown with the difference, and stays until it is accepted', async () => {
    const json = plugin('weather', {
      version: '1.1.0',
      tools: ['weather', 'climate'],
      permissions: { net: ['https://weather.example'], read: ['/etc'] },
    })
    await registry.publish(json, { 'index.js': code('1.1.0', ['weather', 'climate']) })
    const before = lock()
    const asked = await spell('update', '--min-age=0')
    expect(asked).toMatchObject({ code: 4, stdout: '' })
    expect(asked.stderr).toMatch(
      /weather 1\.0\.0 → 1\.1\.0[^]*\+ may +read: \/etc\n\+ brings +tools climate\n/,
    )
    expect(lock()).toBe(before)
    await refuseOnTerminal()
    expect(lock()).toBe(before)
    expect(await spell('update', ...OLD)).toMatchObject({
      code: 0,
      stdout: 'weather is updated: 1.0.0 → 1.1.0.\n',
    })
    expect(envelope(await cli('tool', 'invoke', 'climate', '--json'))).toMatchObject({
      result: { said: 'climate 1.1.0' },
    })
  })

  test('whose next version is broken stays as it is', async () => {
    await registry.publish(plugin('weather', { version: '1.2.0' }), {
      'index.js': "throw new Error('no sun')",
    })
    const before = lock()
    const broken = await spell('update', ...OLD)
    expect(broken).toMatchObject({
      code: 8,
      stderr: expect.stringMatching(/PLUGIN_BROKEN[^]*no sun/),
    })
    expect(lock()).toBe(before)
    expect(envelope(await cli('tool', 'invoke', 'weather', '--json'))).toMatchObject({
      result: { said: 'weather 1.1.0' },
    })
  })

  test('goes back to the version before', async () => {
    expect(await spell('rollback', 'weather')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^weather is back at 1\.0\.0 \(was 1\.1\.0, which/),
    })
    expect(envelope(await cli('tool', 'invoke', 'weather', '--json'))).toMatchObject({
      result: { said: 'sun' },
    })
  })

  test.each([
    ['code', 'index.js', (text: string) => `${text}// more`, `changed: ${NAME}/index.js`],
    [
      'manifest',
      'package.json',
      (text: string) => text.replace('weather.example', 'evil.example'),
      'manifest: not the one',
    ],
  ])('with changed %s is refused by verify and when loaded', async (_, name, change, told) => {
    const { root } = JSON.parse(lock()).plugins[0] as { root: string }
    const file = join(store(), root, name)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, change(text))
    expect(await spell('verify')).toMatchObject({ code: 8, stdout: expect.stringContaining(told) })
    const call = await cli('tool', 'invoke', 'weather')
    expect(call.code).not.toBe(0)
    expect(call.stderr).toContain('is not the one that was accepted')
    writeFileSync(file, text)
  })

  test('is switched off and on, and leaves nothing behind', async () => {
    await spell('disable', 'weather')
    expect((await cli('tool', 'invoke', 'weather')).code).not.toBe(0)
    await spell('enable', 'weather')
    expect(await spell('verify')).toMatchObject({ code: 0, stdout: 'ok       weather@1.0.0\n' })
    expect(await spell('uninstall', 'wether')).toMatchObject({
      stderr: expect.stringContaining("Did you mean 'weather'?"),
    })
    expect(await spell('uninstall', 'weather')).toMatchObject({ code: 0 })
    expect(readdirSync(join(store(), 'packages'))).toEqual([])
  })
})
