import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { envelope, Folder, llmspell, pluginFolder } from './support.ts'

describe('a section of the config', () => {
  const ASK = 'return Agent.create{}:execute("hi").text'

  test('for an unknown plugin is an error with a suggestion', async () => {
    using folder = new Folder({ 'llmspell.toml': '[plugins.modls]\nx = 1\n' })
    const { code, stderr } = await llmspell(['exec', 'return 1'], { cwd: folder.path })
    expect(code).toBe(3)
    expect(stderr).toContain("error[CONFIG_INVALID]: Config file 'llmspell.toml' has a section")
    expect(stderr).toContain("Did you mean 'models'?")
  })

  test('that breaks its schema is told once, with the file', async () => {
    using folder = new Folder({ 'own.toml': '[plugins.models.retry]\nmax_attempts = "x"\n' })
    const argv = ['exec', ASK, '--config', 'own.toml']
    const { code, stderr } = await llmspell(argv, { cwd: folder.path })
    expect(code).toBe(3)
    expect(stderr).toContain(
      "Config file 'own.toml' is invalid: 'plugins.models.retry.max_attempts'",
    )
    expect(stderr.match(/error/g)).toHaveLength(1)
    const ended = await llmspell([...argv, '--json'], { cwd: folder.path })
    expect(ended).toMatchObject({ code: 3, stderr: '' })
    expect(envelope(ended)).toMatchObject({ error: { code: 'CONFIG_INVALID' } })
  })

  test.each([
    ['a misspelt key', '[plugins.models.retry]\nmax_atempts = 2\n', "mean 'max_attempts'?"],
    ['one of another plugin', '[plugins.provider-mock]\ndela_ms = 2\n', "mean 'delay_ms'?"],
    ['a key of a plugin without config', '[plugins.tool-hash]\nx = 1\n', 'no config'],
  ])('is checked before the run, which does not need its plugin: %s', async (_, text, told) => {
    using folder = new Folder({ 'own.toml': text })
    const argv = ['exec', 'print("ran")', '--config', 'own.toml']
    const { code, stdout, stderr } = await llmspell(argv, { cwd: folder.path })
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain("error[CONFIG_INVALID]: Config file 'own.toml' is invalid")
    expect(stderr).toContain(told)
  })

  test('of a plugin that is switched off, or whose failure is ignored, stops nothing', async () => {
    const text =
      'disabled = ["tool-hash"]\n[plugins.tool-hash]\nx = 1\n[plugins.tool-json]\nx = 1\n'
    using folder = new Folder({ 'own.toml': `${text}onFailure = "ignore"\n` })
    const argv = ['exec', 'print("ran")', '--config', 'own.toml']
    expect(await llmspell(argv, { cwd: folder.path })).toMatchObject({ code: 0, stdout: 'ran\n' })
  })
})

/** A home whose plugin folder names one plugin. */
function home(manifest: object, files: Readonly<Record<string, string>> = {}): Folder {
  const own = { name: 'own', version: '1.0.0', engines: { llmspell: '^0.2.0' }, llmspell: manifest }
  return new Folder({ ...pluginFolder(own), ...files })
}

const GOOD = { manifest: 1, id: 'own', main: './index.js', phase: 'core' }

describe('what a plugin says with console', () => {
  const TOOL = { name: 'say', description: 'Says.', category: 'text', effect: 'pure', input: {} }
  const INDEX = `console.log('from %s', 'plugin')
    const execute = () => ({ result: { said: true } })
    export default {
      $llmspell: 'plugin/2',
      setup(ctx) { ctx.contribute('tools', 'say', { execute }) }
    }`
  const manifest = { ...GOOD, main: './index.mjs', contributes: { tools: [TOOL] } }

  test.each([
    [['exec', 'return Tool.execute("say", {}).success', '--json'], { ok: true, result: true }],
    [['tool', 'invoke', 'say', '--json'], { ok: true, result: { said: true } }],
  ])('%j leaves stdout alone', async (argv, document) => {
    using folder = home(manifest, { 'plugins/node_modules/own/index.mjs': INDEX })
    const ended = await llmspell(argv, { env: { LLMSPELL_HOME: folder.path } })
    expect(ended.stderr).toBe('from plugin\n')
    expect(envelope(ended)).toMatchObject(document)
  })
})

describe('a plugin that cannot be used', () => {
  test.each([
    ['its manifest', { ...GOOD, phase: 'never' }, 'invalid manifest'],
    ['its entry', GOOD, "its entry './index.js' is not there"],
  ])('because of %s is told in one line', async (_, manifest, why) => {
    using folder = home(manifest)
    const env = { LLMSPELL_HOME: folder.path }
    for (const argv of [
      ['exec', 'return 1'],
      ['tool', 'list'],
    ]) {
      const { code, stderr } = await llmspell(argv, { env })
      expect({ argv, code }).toEqual({ argv, code: 0 })
      expect(stderr).toMatch(/^warning: plugin 'own' is not used: .*see llmspell plugin doctor\n$/)
      expect(stderr).toContain(why)
    }
    expect(await llmspell(['exec', 'return 1', '-q'], { env })).toMatchObject({ stderr: '' })
  })
})

const PLANTED = pluginFolder({
  name: 'evil',
  version: '1.0.0',
  engines: { llmspell: '^0.2.0' },
  llmspell: { manifest: 1, id: 'evil', main: './index.js', phase: 'core' },
})

test.each([
  { HOME: '' },
  { HOME: '.' },
  { XDG_DATA_HOME: '.local/share', XDG_CACHE_HOME: '.cache' },
])('nothing is taken from the working folder for a home: %j', async (env) => {
  using folder = new Folder()
  for (const [name, text] of Object.entries(PLANTED))
    folder.write(`.local/share/llmspell/${name}`, text)
  const ended = await llmspell(['plugin', 'list', '--json'], {
    cwd: folder.path,
    env: { LLMSPELL_HOME: '', ...env },
  })
  expect(ended).toMatchObject({ code: 0, stdout: expect.not.stringContaining('evil') })
  expect(existsSync(join(folder.path, '.cache'))).toBe(false)
})

test('a relative LLMSPELL_HOME is refused', async () => {
  using folder = new Folder(PLANTED)
  const env = { LLMSPELL_HOME: '.' }
  const ended = await llmspell(['exec', 'return 1'], { cwd: folder.path, env })
  expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('LLMSPELL_HOME') })
})
