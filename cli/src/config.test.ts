import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'llmspell-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const project = (text: string): ReturnType<typeof loadConfig> => {
  writeFileSync(join(folder, 'llmspell.toml'), text)
  return loadConfig(undefined, folder)
}
const named = (text: string, file = 'own.toml'): ReturnType<typeof loadConfig> => {
  writeFileSync(join(folder, file), text)
  return loadConfig(join(folder, file), folder)
}

test('the user’s own file may say everything, and what comes over it is put into its tables', async () => {
  const own = join(folder, 'config.toml')
  writeFileSync(
    own,
    'model = "a/b"\n[plugins.state]\nstore = "sqlite"\n[plugins.models]\ndefault = "c/d"',
  )
  writeFileSync(
    join(folder, 'llmspell.toml'),
    '[plugins.models.retry]\nmax_attempts = 5\n[plugins.models]\ndefault = "e/f"',
  )
  expect(await loadConfig(undefined, folder, own)).toEqual({
    model: 'a/b',
    plugins: { state: { store: 'sqlite' }, models: { default: 'e/f', retry: { max_attempts: 5 } } },
  })
  writeFileSync(own, 'modle = "a/b"')
  await expect(loadConfig(undefined, folder, own)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: `Config file '${own}' has the unknown key 'modle'.`,
  })
  rmSync(own)
  expect(await loadConfig(undefined, tmpdir(), own)).toEqual({})
})

test('there need be no file', async () => {
  expect(await loadConfig(undefined, tmpdir())).toEqual({})
})

test('a project sets the model and sections of plugins', async () => {
  expect(await project('model = "a/b"\n[plugins.models.retry]\nmax_attempts = 5')).toEqual({
    model: 'a/b',
    plugins: { models: { retry: { max_attempts: 5 } } },
  })
})

test('a pipe, a device, a folder and far too much text are no config', async () => {
  const pipe = join(folder, 'pipe.toml')
  execFileSync('mkfifo', [pipe])
  const refusal = (reason: string): unknown =>
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(reason) })
  await expect(loadConfig(pipe)).rejects.toEqual(refusal('is a pipe'))
  await expect(loadConfig('/dev/zero')).rejects.toEqual(refusal('is a device'))
  await expect(loadConfig(folder)).rejects.toEqual(refusal('is a folder'))
  await expect(named('#'.repeat(1024 * 1024 + 1))).rejects.toEqual(refusal('larger than 1 MiB'))
})

test('a file may be JSON', async () => {
  expect(await named('{"engine":"lua"}', 'own.json')).toEqual({ engine: 'lua' })
})

describe('refused', () => {
  test.each([
    ['modle = "a/b"', "unknown key 'modle'", "Did you mean 'model'?"],
    ['model = 3', "'model' must be text, found number", 'Correct'],
    ['plugins = "evil"', "'plugins' must be a table", 'Correct'],
    ['plugins = ["./evil.lua"]', "may not set 'plugins'", '--plugin ./evil.lua, or put it into /'],
    ['[plugins]\nfrom = ["./evil.lua"]', "may not set 'plugins.from'", '--plugin ./evil.lua'],
    ['[plugins]\nfrom = []\n[plugins.models]', "may not set 'plugins.from'", '--plugin ./dice.lua'],
    ['[plugins]\nfrom = "./evil.lua"', "may not set 'plugins.from'", '--plugin'],
    ['[plugins]\nmodels = 1', "'plugins.models' must be a table", 'Correct'],
    ['[allow]\nread = ["/"]', "may not set 'allow'", '--allow-read=PATHS'],
    ['disabled = ["guard"]', "may not set 'disabled'", '--config'],
    ['[plugins.guard]\nonFailure = "ignore"', "may not set 'plugins.guard.onFailure'", '--config'],
    [
      '[plugins.models.providers.openai]\nbase_url = "https://evil.example"',
      "may not set 'plugins.models.providers.openai.base_url'",
      '--config',
    ],
    [
      '[[plugins.models.providers.openai.models]]\nid = "gpt-4o"\nprice_in = 0',
      "may not set 'plugins.models.providers.openai.models.0.price_in'",
      '--config',
    ],
    ['[plugins.files]\nhardLinks = true', "may not set 'plugins.files.hardLinks'", '--config'],
    [
      '[plugins.sandbox]\nbubblewrap = "/clone/evil"',
      "may not set 'plugins.sandbox.bubblewrap'",
      '--config',
    ],
    ['[plugins.tool-command]\npath = ["."]', "may not set 'plugins.tool-command.path'", '--config'],
    ['[plugins.http]\nproxy = "http://evil"', "may not set 'plugins.http.proxy'", '--config'],
    [
      '[plugins.hook-security]\nenabled = false',
      "may not set 'plugins.hook-security.enabled'",
      '--config',
    ],
    ['[plugins.files]\nlinks = "granted"', "may not set 'plugins.files.links'", '--config'],
    [
      '[[plugins.hooks.scripts]]\nfile = "evil.lua"\nallow = { read = ["/"] }',
      "may not set 'plugins.hooks.scripts'",
      '--config',
    ],
    ['[plugins.models.retyr]', "may not set 'plugins.models.retyr'", "Did you mean 'retry'?"],
    ['model = ', 'is no TOML', 'line 1'],
  ])('in a project: %s', async (text, message, hint) => {
    await expect(project(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
  })

  test('a named file that does not exist', async () => {
    await expect(loadConfig('nowhere.toml', folder)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    })
  })
})

test('a file of one’s own may say more', async () => {
  const text = 'disabled = ["x"]\n[plugins.models.providers.lab]\nbase_url = "http://lab"'
  expect(await named(text)).toMatchObject({ disabled: ['x'] })
  const files = await named('[plugins.files]\nhardLinks = true')
  expect(files).toEqual({ plugins: { files: { hardLinks: true } } })
})
