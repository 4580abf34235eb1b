import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { COMPILER_OPTIONS, HOST, RUNTIME_HOST, typedHost } from './support/embedding.ts'
import { isOffline, npm, spawned, type Done } from './support/npm.ts'
import { binOf, publicPackages, readJson, type PackageJson } from './support/packages.ts'
import { loadedBy, missing, needless, typedBy } from './support/published.ts'
import { ROOT } from './support/root.ts'

interface Tarball {
  readonly name: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const PUBLIC = await publicPackages()
const names = PUBLIC.map(({ manifest }) => manifest.name)
const manifestOf = (name: string): PackageJson =>
  PUBLIC.find(({ manifest }) => manifest.name === name)!.manifest

let folder = ''
let app = ''
let tarballs: readonly Tarball[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llmspell-pack-'))
  app = join(folder, 'app')
  mkdirSync(app)
  tarballs = await packAll()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Packs all of them as `npm publish` would. */
async function packAll(): Promise<readonly Tarball[]> {
  const workspaces = PUBLIC.flatMap((pack) => ['-w', pack.folder])
  const argv = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder, ...workspaces]
  const done = await npm(argv, ROOT)
  if (done.code !== 0) throw new Error(done.stderr)
  return Object.values(JSON.parse(done.stdout) as readonly Tarball[])
}

const LEFTOVER = /\.(?:test|bench|spec)\.|(?:^|\/)(?:test|bench|fixtures)\/|tsbuildinfo|tsconfig/

const tarball = (name: string): Tarball => tarballs.find((found) => found.name === name)!

describe.each(names)('the tarball of %s', (name) => {
  test('has no tests and no leftovers of tools', () => {
    const all = tarball(name).files.map(({ path }) => path)
    // A template is a package with tests.
    const paths = all.filter((path) => !path.startsWith('templates/'))
    const isKit = './testing' in manifestOf(name).exports!
    const wrong = isKit ? LEFTOVER : new RegExp(`${LEFTOVER.source}|/testing`)
    expect(paths.filter((path) => wrong.test(path))).toEqual([])
    const declared = paths.filter((path) => /^dist\/.*\.d\.c?ts$/.test(path))
    const sources = declared.map((path) => path.replace('dist/', 'src/'))
    const kept = (path: string) => paths.includes(path) || paths.includes(path.replace('.d.', '.'))
    expect(sources.filter((path) => !kept(path))).toEqual([])
  })

  test('has what package.json promises, in the form it promises', async () => {
    const { buffer } = new Uint8Array(readFileSync(join(folder, tarball(name).filename)))
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true })
    const texts = messages.map((row) => formatMessage(row, { ...manifestOf(name) }) ?? row.code)
    // The package.json of a template is of the plugin that is made of it.
    expect(texts.filter((text) => !text.includes('./templates/'))).toEqual([])
  })
})

describe('a project that installed the tarballs', () => {
  let installed: Done
  beforeAll(async () => {
    write('package.json', '{ "name": "app", "version": "1.0.0", "private": true }')
    const files = tarballs.map(({ filename }) => join(folder, filename))
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
    const patience = [
      '--fetch-retries=1',
      '--fetch-retry-mintimeout=500',
      '--fetch-retry-maxtimeout=500',
    ]
    installed = await npm(['install', ...flags, ...patience, ...files], app)
  })
  beforeEach((context) => context.skip(isOffline(installed), 'no registry can be reached'))

  test('has them all', () => {
    expect(installed).toMatchObject({ code: 0 })
    const { dependencies } = readJson<PackageJson>(join(app, 'package.json'))
    expect(Object.keys(dependencies!).sort()).toEqual([...names].sort())
  })

  test.each(names)('finds all that %s names', (name) => {
    const dir = join(app, 'node_modules', name)
    const manifest = readJson<PackageJson>(join(dir, 'package.json'))
    const declared = { ...manifest.dependencies, ...manifest.peerDependencies, [name]: '' }
    const used = [...loadedBy(dir), ...typedBy(dir, manifest)]
    expect(used.filter((found) => !(found in declared))).toEqual([])
    expect(needless(dir, manifest, used)).toEqual([])
    expect(missing(dir, manifest)).toEqual([])
  })

  const llmspell = (...argv: string[]): Promise<Done> => {
    const home = join(folder, 'home')
    const env = { HOME: home, LLMSPELL_HOME: home, OPENAI_API_KEY: '', NODE_OPTIONS: '' }
    return spawned(join(app, 'node_modules', '.bin', 'llmspell'), argv, app, env)
  }

  test('runs the command line', async () => {
    const stdout = `llmspell ${manifestOf('llmspell').version}\n`
    expect(await llmspell('--version')).toEqual({ code: 0, stdout, stderr: '' })
    const sum = ['return 6*7', '--engine=lua']
    expect(await llmspell('exec', ...sum)).toEqual({ code: 0, stdout: '42\n', stderr: '' })
    const code = 'export default [1, 2].map((n) => n * 21)'
    expect(await llmspell('exec', code, '--engine=javascript')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('42'),
    })
    const thread = await llmspell('exec', ...sum, '--isolation=worker')
    expect(thread).toEqual({ code: 0, stdout: '42\n', stderr: '' })
  })

  test('has its tools and its demo', async () => {
    const { code, stdout } = await llmspell('tool', 'list', '--json')
    const { tools } = JSON.parse(stdout) as { tools: { name: string }[] }
    expect(code).toBe(0)
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['calculator', 'file-read']),
    )
    const demo = await llmspell('demo')
    expect(demo).toMatchObject({ code: 0, stdout: expect.stringContaining('525600'), stderr: '' })
  })

  test('starts every plugin', async () => {
    const { code, stdout } = await llmspell('plugin', 'doctor', '--json')
    const { plugins } = JSON.parse(stdout) as { plugins: { id: string; state: string }[] }
    const own = Object.keys(manifestOf('llmspell').dependencies!)
    const named = PUBLIC.filter(({ manifest }) => own.includes(manifest.name))
    const ids = named.flatMap(({ manifest: { llmspell: found } }) => (found ? [found.id] : []))
    expect(code).toBe(0)
    // The command line is a plugin of no package.
    expect(plugins.map(({ id, state }) => `${id} ${state}`).sort()).toEqual(
      ['cli', ...ids].map((id) => `${id} active`).sort(),
    )
  })

  test.each([
    ['host.mjs', "import { createKernel } from '@llmspell/kernel'"],
    ['host.cjs', "const { createKernel } = require('@llmspell/kernel')"],
  ])('embeds the kernel: %s', async (file, line) => {
    write(file, `${line}\n${HOST}`)
    const done = await spawned(process.execPath, [file], app)
    expect(done).toEqual({ code: 0, stdout: '{"words":3,"answer":"42"}\n', stderr: '' })
  })

  test.each([
    ['small.mjs', "import { createRuntime } from '@llmspell/runtime'"],
    ['small.cjs', "const { createRuntime } = require('@llmspell/runtime')"],
  ])('embeds the runtime: %s', async (file, line) => {
    write(file, `${line}\n${RUNTIME_HOST}`)
    const done = await spawned(process.execPath, [file], app)
    expect(done).toEqual({ code: 0, stdout: '{"value":"42","agent":true}\n', stderr: '' })
  })

  test('tests the contract of a plugin with the kit that it installed', async () => {
    const modules = join(app, 'node_modules')
    symlinkSync(join(ROOT, 'node_modules', 'vitest'), join(modules, 'vitest'), 'junction')
    const calculator = join(modules, '@llmspell', 'tool-calculator')
    const { code, stdout, stderr } = await llmspell('plugin', 'test', calculator, '--with', app)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^tools calculator +toolSuite +\d+ passed$/m)
    unlinkSync(join(modules, 'vitest'))
  })

  test('finds types for all of it', async () => {
    write('host.mts', typedHost(names))
    write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['host.mts'] }),
    )
    const done = await spawned(process.execPath, [binOf('typescript', 'tsc'), '-p', '.'], app)
    expect(done).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

function write(name: string, text: string): void {
  writeFileSync(join(app, name), text)
}
