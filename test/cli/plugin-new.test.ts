import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createKernel } from '@llmspell/kernel'
import { describe, expect, test } from 'vitest'
import { npm } from '../support/npm.ts'
import { ROOT } from '../support/root.ts'
import { ALL } from '../support/kernel.ts'
import { scaffold } from './author.ts'
import { envelope, Folder, llmspell, widest } from './support.ts'

const json = (root: string): { name: string; llmspell: { id: string } } =>
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as never

describe('plugin new', () => {
  test('writes a plugin, and says what comes next', async () => {
    using folder = new Folder()
    const argv = ['plugin', 'new', 'weather', '--kind=hook', '--scope', 'me']
    const { code, stdout, stderr } = await llmspell(argv, { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /cd weather\n {2}npm install && npm test\n {2}llmspell plugin link \.\n$/,
    )
    expect(json(join(folder.path, 'weather'))).toMatchObject({
      name: '@me/weather',
      llmspell: { id: 'weather' },
    })
  })

  test('takes an empty folder of another name, and answers programs', async () => {
    using folder = new Folder({ 'there/own/.keep': '' })
    const argv = ['plugin', 'new', '@me/a-b', '-k', 'tool', '--folder', 'there/new', '--json']
    expect(envelope(await llmspell(argv, { cwd: folder.path }))).toMatchObject({
      ok: true,
      plugin: { name: '@me/a-b', id: 'a-b', kind: 'tool', folder: join(folder.path, 'there/new') },
    })
    expect(existsSync(join(folder.path, 'there/new/.github/workflows/ci.yml'))).toBe(true)
  })

  test.each([
    [['a', '--kind', 'tol'], 'FLAG_INVALID', "Did you mean 'tool'?"],
    [['a'], 'FLAG_INVALID', 'engine'],
    [['../a', '--kind', 'tool'], 'PLUGIN_NAME_INVALID', "'a'"],
    [['fs', '--kind', 'tool'], 'PLUGIN_NAME_INVALID', 'another'],
    [['a', '--kind', 'tool', '--folder', 'full'], 'FOLDER_NOT_EMPTY', '--folder'],
    [['a', '--kind', 'tool', '--folder', 'full/no/..'], 'FOLDER_NOT_EMPTY', '--folder'],
    [['a', '--kind', 'tool', '--folder', 'full/file'], 'FILE_UNWRITABLE', 'another folder'],
    [[], 'ARGUMENT_MISSING', '--help'],
  ])('refuses %j and writes nothing', async (argv, code, hint) => {
    using folder = new Folder({ 'full/file': 'x' })
    const ended = await llmspell(['plugin', 'new', ...argv, '--json'], { cwd: folder.path })
    const text = expect.stringContaining(hint) as string
    expect(envelope(ended)).toMatchObject({ ok: false, error: { code, hint: text } })
    const left = readdirSync(folder.path, { recursive: true }).map(String)
    expect(left.toSorted()).toEqual(['full', join('full', 'file')])
  })
})

const LUA = /^```lua\n(.*?)^```$/gms
const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
const KINDS = ['tool', 'engine', 'provider', 'store', 'hook', 'module']

// As they stand, all six are tested with the unit tests.
test.each(FULL ? KINDS : ['tool'])(
  'a new %s is green at once and passes its check',
  async (kind) => {
    using folder = new Folder()
    const root = await scaffold(folder, `own-${kind}`, kind)
    const { code: failed, stdout: told, stderr } = await npm(['test'], root)
    expect({ failed, told: failed === 0 ? '' : told + stderr }).toEqual({ failed: 0, told: '' })
    expect(existsSync(join(root, 'dist', 'index.d.ts'))).toBe(true)
    const { code, stdout } = await llmspell(['plugin', 'check', root])
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^0 errors, 0 warn/),
    })
    expect(widest(stdout)).toBeLessThanOrEqual(80)
  },
)

test('new plugins work together from their sources, in Lua, in JavaScript and in a language of their own', async () => {
  using folder = new Folder()
  const kinds = ['tool', 'engine', 'hook', 'module', 'store', 'provider']
  const linked: string[] = []
  for (const kind of kinds) linked.push(await scaffold(folder, `own-${kind}`, kind))
  const plugins = [...ALL, 'engine-javascript'].map((name) => join(ROOT, 'plugins', name))
  const config = { plugins: { state: { store: 'own-store' } } }
  await using kernel = createKernel({ plugins, linked, config })
  await kernel.start()
  const runtime = await kernel.use('script-runtime')
  const run = async (file: string, source: string) => (await runtime.run({ file, source })).value
  expect(await run('a.lua', 'return Tool.own_tool{ text = "a b" }.result.words')).toBe(2)
  expect(await run('a.js', "return (await Tool.ownTool({ text: 'a b' })).result.words")).toBe(2)
  expect(await run('a.own-engine', 'return OwnModule.slug("Hello World") + 6 * 7')).toBe(
    'hello-world42',
  )
  const secret = run('a.lua', 'return Tool.own_tool{ text = "top secret" }')
  await expect(secret).rejects.toMatchObject({ code: 'HOOK_CANCELLED' })
  expect(await run('a.lua', 'State.save("global", "n", 1) return State.load("global", "n")')).toBe(
    1,
  )
  expect(kernel.extensions.list('providers').map(({ name }) => name)).toContain('own-provider')
  // The one of the provider asks a server.
  for (const root of linked.filter((path) => !path.endsWith('provider')))
    for (const [, source = ''] of readFileSync(join(root, 'README.md'), 'utf8').matchAll(LUA)) {
      const { output } = await runtime.run({ file: 'README.lua', source })
      for (const [, text = ''] of source.matchAll(/--> *(.*)$/gm)) expect(output).toContain(text)
    }
})
