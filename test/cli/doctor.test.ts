import { expect, test } from 'vitest'
import { envelope, Folder, llmspell, pluginFolder, type Ended } from './support.ts'

interface Row {
  readonly name: string
  readonly state: string
  readonly text: string
}

async function doctor(
  toml: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly ended: Ended; readonly rows: Readonly<Record<string, Row>> }> {
  using folder = new Folder({ 'llmspell.toml': toml })
  const ended = await llmspell(['doctor', '--json'], { cwd: folder.path, env })
  const { checks } = envelope(ended) as unknown as { checks: Row[] }
  return { ended, rows: Object.fromEntries(checks.map((row) => [row.name, row])) }
}

test('a provider without a key is off, and no key is claimed', async () => {
  const { ended, rows } = await doctor('')
  expect(ended.code).toBe(0)
  expect(rows['provider openai']).toMatchObject({
    state: 'off',
    text: expect.stringContaining('OPENAI_API_KEY'),
  })
  const keyless = await doctor('', { OPENAI_BASE_URL: 'http://localhost:9/v1' })
  expect(keyless.rows['provider openai']).toMatchObject({ state: 'ok', text: 'ready, no key set' })
  const keyed = await doctor('', { OPENAI_API_KEY: 'sk-test' })
  expect(keyed.rows['provider openai']).toMatchObject({ state: 'ok', text: 'ready, key present' })
})

test.each([
  ['nobody/x', 3, "Provider 'nobody' is not installed"],
  ['openai/gpt-4o-mini', 6, 'OPENAI_API_KEY'],
])('the configured model %s is tried', async (model, code, text) => {
  const { ended, rows } = await doctor(`model = "${model}"\n`)
  expect(rows['default model']).toMatchObject({ state: 'fail' })
  expect(rows['default model']!.text).toContain(text)
  expect(ended.code).toBe(code)
})

test.each([
  ['modle = "mock/demo"\n', "'modle'"],
  ['[plugins.modls]\nx = 1\n', "'modls'"],
])('a bad config is one row: %j', async (toml, text) => {
  const { ended, rows } = await doctor(toml)
  expect(ended).toMatchObject({ code: 3, stderr: '' })
  expect(rows['config']).toMatchObject({ state: 'fail' })
  expect(rows['config']!.text).toContain(text)
  expect(rows['default model']).toMatchObject({ state: 'ok' })
})

test('a plugin of the user that was not built is a row', async () => {
  const manifest = { manifest: 1, id: 'own', main: './index.js', phase: 'core' }
  const own = { name: 'own', version: '1.0.0', engines: { llmspell: '^0.2.0' }, llmspell: manifest }
  using home = new Folder(pluginFolder(own))
  const { ended, rows } = await doctor('', { LLMSPELL_HOME: home.path })
  expect(rows['plugin own']).toMatchObject({ state: 'fail' })
  expect(ended.code).toBe(8)
})
