import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Folder, llmspell } from './support.ts'

/** A file for --require that reports every plugin entry that is loaded, and what Node itself loaded. */
const SPY = `
const seen = []
require('node:module').registerHooks({
  load(url, context, next) {
    if (/\\/plugins\\/[^/]+\\/dist\\//.test(url)) seen.push(url.match(/plugins\\/([^/]+)/)[1])
    if (/\\/permissions\\/dist\\/\\w+\\/index/.test(url)) seen.push(url.match(/permissions\\/dist\\/\\w+/)[0])
    if (url.includes('/ajv/')) seen.push('ajv')
    return next(url, context)
  },
})
process.on('exit', () => {
  const loaded = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '))
  const names = loaded.map((name) => name.slice('NativeModule '.length))
  require('node:fs').writeFileSync(process.env.SPY_FILE, JSON.stringify({ seen, names }))
})
`

interface Seen {
  readonly seen: readonly string[]
  readonly names: readonly string[]
}

async function spyOn(argv: readonly string[]): Promise<Seen & { readonly code: number | null }> {
  using folder = new Folder({ 'spy.cjs': SPY })
  const file = join(folder.path, 'seen.json')
  writeFileSync(file, '')
  const env = { NODE_OPTIONS: `--require=${join(folder.path, 'spy.cjs')}`, SPY_FILE: file }
  const { code } = await llmspell(argv, { env })
  const { readFileSync } = await import('node:fs')
  return { code, ...(JSON.parse(readFileSync(file, 'utf8')) as Seen) }
}

test.each([
  [['--version']],
  [['--help']],
  [['tool', 'list']],
  [['tool', 'info', 'calculator']],
  [['types', '.cache']],
  [['plugin', 'list']],
  [['plugin', 'inspect', 'agents']],
])('%j loads no plugin', async (argv) => {
  expect(await spyOn(argv)).toMatchObject({ code: 0, seen: [] })
})

test('a run loads the plugins that it needs and no heavy part of Node', async () => {
  const { code, seen, names } = await spyOn(['exec', 'return 1'])
  expect(code).toBe(0)
  expect([...new Set(seen)].sort()).toEqual(['engine-lua', 'script-runtime'])
  const heavy = ['http', 'https', 'net', 'tls', 'readline', 'child_process', 'worker_threads']
  const undici = names.filter((name) => name.includes('undici'))
  expect(names.filter((name) => heavy.includes(name))).toEqual([])
  expect(undici).toEqual([])
})

test('a list of models loads no provider', async () => {
  const { code, seen } = await spyOn(['model', 'list'])
  expect(code).toBe(0)
  expect(seen).toContain('models')
  // The recorder is a service that models look for.
  const providers = seen.filter((name) => name.startsWith('provider-'))
  expect(providers.filter((name) => name !== 'provider-replay')).toEqual([])
})

test('a granted read loads the code of the audit, and none of policies or of a schema compiler', async () => {
  const read = 'return Tool.execute("file-read", { path = "README.md" }).success'
  const { code, seen } = await spyOn(['exec', read, '--allow-read=README.md'])
  expect(code).toBe(0)
  expect(seen).toContain('permissions/dist/audit')
  expect(seen).not.toContain('permissions/dist/policy')
  expect(seen).not.toContain('ajv')
})
