import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { ROOT } from '../support/root.ts'
import { envelope, Folder, llmspell, widest } from './support.ts'

const CALCULATOR = join(ROOT, 'plugins', 'tool-calculator')
const WITH = ['--with', ROOT]
const STORE = { name: 'mine', doc: 'Keeps what it is given.' }

/** A plugin that taps what its manifest lists, or whatever else the code says. */
function plugin(
  code: string,
  contributes: object = { hooks: ['tool.guard'] },
  more: object = {},
): Folder {
  return made(code, { contributes, ...more })
}

interface More {
  readonly range?: string
  readonly contributes: object
  readonly requires?: object
}

function made(code: string, { range = '^0.2.0', ...more }: More): Folder {
  const llmspell = { manifest: 1, id: 'guarding', main: './index.mjs', phase: 'core', ...more }
  const json = { name: 'guarding', version: '1.0.0', engines: { llmspell: range }, llmspell }
  const text = `export default { $llmspell: 'plugin/2', setup: (ctx) => { ${code} } }\n`
  return new Folder({ 'package.json': JSON.stringify(json), 'index.mjs': text })
}

test('a plugin that keeps its contract gets a card that says so', async () => {
  const ended = await llmspell(['plugin', 'test'], { cwd: CALCULATOR })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toContain('0.2 (engines.llmspell ^0.2.0)')
  expect(ended.stdout).toMatch(/^tools calculator +toolSuite +\d+ passed$/m)
  expect(ended.stdout).not.toContain('\u001B')
  expect(existsSync(join(CALCULATOR, 'node_modules'))).toBe(false)
})

test('a plugin that breaks it is told where first', async () => {
  using folder = plugin("ctx.tap('tool.guard', () => { throw new Error('no luck') })")
  const ended = await llmspell(['plugin', 'test', folder.path, ...WITH])
  expect(ended).toMatchObject({ code: 7, stderr: '' })
  expect(ended.stdout).toMatch(/^hooks +hookSuite +2 failed, 7 passed$/m)
  const line = ended.stdout.replaceAll(/\s+/g, ' ')
  expect(line).toContain("'tool.guard': a payload is answered as the point allows")
  expect(line).toMatch(/Error: no luck at .*index\.mjs:1:/)
  expect(widest(ended.stdout)).toBeLessThanOrEqual(80)
  const json = await llmspell(['plugin', 'test', folder.path, ...WITH, '--json'])
  expect(json.code).toBe(7)
  expect(envelope(json)).toMatchObject({
    ok: false,
    id: 'guarding',
    contract: '0.2',
    hosts: expect.arrayContaining(['the process of llmspell']),
    contributions: [{ subject: 'hooks', suite: 'hookSuite', passed: 7, failed: 2, skipped: 0 }],
    firstFailure: { text: expect.stringContaining('no luck') },
  })
})

test('its own tests run too where they are asked for', async () => {
  using folder = plugin("ctx.tap('tool.guard', () => undefined)")
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'), 'junction')
  folder.write(
    'own.test.mjs',
    "import { expect, test, vi } from 'vitest'\ntest('sums', () => expect(1 + 1).toBe(3))\n",
  )
  const ended = await llmspell(['plugin', 'test', folder.path, '--own', '--json'])
  expect(ended.code).toBe(7)
  expect(envelope(ended)).toMatchObject({
    contributions: [
      { suite: 'hookSuite', passed: 9, failed: 0 },
      { subject: 'its own tests', suite: 'vitest', passed: 0, failed: 1 },
    ],
    firstFailure: { text: expect.stringContaining('to be 3') },
  })
})

const TOOL = {
  name: 'lines',
  description: 'Counts the lines of a file.',
  category: 'text',
  effect: 'idempotent',
  permissions: { read: ['/'] },
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: { path: { type: 'string', description: 'File', 'x-permission': 'read' } },
  },
  examples: [{ input: { path: 'notes.txt' }, result: 2 }],
}
const LINES = `ctx.contribute('tools', 'lines', { async execute({ path }, call) {
  call.signal.throwIfAborted()
  const { bytes } = await ctx.use('files').stat(path, call)
  return { result: bytes / 2 }
} })`

test('what cannot be tested from the manifest says why', async () => {
  const tools = [TOOL, { ...TOOL, name: 'get', permissions: { net: ['*'], read: ['/'] } }]
  const get = "ctx.contribute('tools', 'get', { execute: () => ({ result: 1 }) })"
  const contributes = { providers: [{ name: 'mine', description: 'Mine.' }], tools }
  const provider = "ctx.contribute('providers', 'mine', {})"
  using folder = plugin(`${LINES}; ${get}; ${provider}`, contributes)
  const ended = await llmspell(['plugin', 'test', folder.path, ...WITH])
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toMatch(/^providers mine +- +in its own tests: providerSuite/m)
  const line = ended.stdout.replaceAll(/\s+/g, ' ')
  expect(line).toContain(
    "tools lines toolSuite its examples read 'notes.txt': put it into contract/",
  )
  expect(line).toContain('tools get toolSuite in its own tests: its examples need net')
})

test('a tool is granted what its examples need, in a folder with the files that they name', async () => {
  using folder = plugin(LINES, { tools: [TOOL] }, { requires: { files: '^1' } })
  folder.write('contract/notes.txt', 'a\nb\n')
  folder.write('README.md', '```lua\nprint(Tool.lines{ path = "notes.txt" })\n```\n')
  const ended = await llmspell(['plugin', 'test', folder.path, ...WITH])
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/toolSuite +1\d passed\n/) })
  folder.write('contract/notes.txt', 'a\n')
  expect(await llmspell(['plugin', 'test', folder.path, ...WITH])).toMatchObject({ code: 7 })
})

test('a store is held to all that stores promise, in folders of its own', async () => {
  const [jsonl, redis] = await Promise.all(
    ['examples/store-jsonl', 'plugins/store-redis'].map((root) =>
      llmspell(['plugin', 'test', root, ...WITH]),
    ),
  )
  expect(jsonl).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/storeSuite +\d{3} passed/),
  })
  expect(redis).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('without a config it says'),
  })
})

test('a plugin for the contract before shows its level', async () => {
  const ended = await llmspell(['plugin', 'test', 'test/fixtures/contract-0.1'])
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('0.1 (engines.llmspell') })
})

test.each([
  ['no plugin', '{}', 3, 'PLUGIN_NOT_FOUND', 'llmspell plugin test FOLDER'],
  ['a broken manifest', '{ "llmspell": {} }', 3, 'MANIFEST_INVALID', 'llmspell.'],
  ['no JSON', '{', 3, 'MANIFEST_INVALID', 'Repair'],
])('%s is refused with what to do', async (_, json, code, name, hint) => {
  using folder = new Folder({ 'package.json': json })
  const ended = await llmspell(['plugin', 'test', folder.path])
  expect(ended).toMatchObject({ code, stdout: '' })
  expect(ended.stderr).toContain(`error[${name}]`)
  expect(ended.stderr).toContain(hint)
})

test('a project without vitest says what to do', async () => {
  using folder = plugin("throw new Error('never')")
  const bare = await llmspell(['plugin', 'test', folder.path])
  expect(bare).toMatchObject({ code: 8, stderr: expect.stringContaining('npm install --save-dev') })
})

const HOOKS = { contributes: { hooks: ['tool.guard'] } }
const STORES = { contributes: { stores: [STORE] } }
const TAP = "ctx.tap('tool.guard', () => undefined)"
const LATE = "ctx.defer(() => { throw new Error('late') })"
const LOST = "ctx.tap('tool.guard', () => void Promise.reject(new Error('lost')))"

test.each<[string, string, More, string]>([
  ['setup throws', "throw new Error('boom')", HOOKS, 'failed in setup: boom'],
  ['setup throws where no suite is', "throw new Error('boom')", STORES, 'failed in setup: boom'],
  ['something is not registered', '', STORES, "did not register the contribution 'stores/mine'"],
  ['the process ends', 'process.reallyExit(0)', HOOKS, 'before it was set up and disposed of'],
  ['its end fails', `${TAP}; ${LATE}`, HOOKS, 'late'],
  ['an error is outside of any test', LOST, HOOKS, 'The run of the tests failed: Error: lost'],
  ['a service is missing', TAP, { ...HOOKS, requires: { nothing: '^1.0.0' } }, "'nothing'"],
  ['its range is another', TAP, { ...HOOKS, range: '^0.9.0' }, 'keeps no contract of this version'],
  ['a point is a slip', '', { contributes: { toolz: [{ name: 'x' }] } }, "Did you mean 'tools'"],
])('a plugin fails whatever its tests say: %s', async (_, code, more, text) => {
  using folder = made(code, more)
  const ended = await llmspell(['plugin', 'test', folder.path, ...WITH, '--json'])
  expect(ended).toMatchObject({ code: 7, stderr: '' })
  expect(envelope(ended)).toMatchObject({ ok: false })
  expect(ended.stdout).toContain(text)
})

test.each([
  [
    'a hook fails',
    'beforeAll(() => { throw new Error("no luck") })\ntest("x", () => undefined)',
    'luck',
  ],
  ['there is no test', '', 'Not all tests could run'],
  ['all are skipped', 'test.skip("x", () => undefined)', 'none passed'],
])('its own tests fail where %s', async (_, text, why) => {
  using folder = made("ctx.contribute('stores', 'mine', {})", STORES)
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'), 'junction')
  folder.write('own.test.mjs', `import { beforeAll, test } from 'vitest'\n${text}\n`)
  const ended = await llmspell(['plugin', 'test', folder.path, '--own'])
  expect(ended.code).toBe(7)
  expect(ended.stdout).toContain(why)
})

test('a signal ends all of it and leaves nothing behind', async () => {
  using folder = made("ctx.tap('tool.guard', () => { while (true); })", HOOKS)
  using temp = new Folder()
  const modules = join(folder.path, 'node_modules')
  symlinkSync(join(ROOT, 'node_modules', 'vitest'), place(modules, 'vitest'), 'junction')
  symlinkSync(join(ROOT, 'sdk'), place(join(modules, '@llmspell'), 'sdk'), 'junction')
  const argv = [join(ROOT, 'cli', 'bin', 'llmspell.cjs'), 'plugin', 'test', folder.path]
  const child = spawn(process.execPath, argv, { env: { ...process.env, TMPDIR: temp.path } })
  const ended = once(child, 'exit')
  await vi.waitFor(() => expect(existsSync(join(modules, '.llmspell'))).toBe(true), 30_000)
  child.kill('SIGTERM')
  expect(await ended).toEqual([143, null])
  expect(existsSync(join(modules, '.llmspell'))).toBe(false)
  expect(readdirSync(temp.path).filter((name) => name.startsWith('llmspell-'))).toEqual([])
})

function place(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true })
  return join(folder, name)
}
