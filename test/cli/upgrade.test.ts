import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { manifestHash } from '@llmspell/kernel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PackedRegistry, writeAll } from '../support/registry.ts'
import { ROOT } from '../support/root.ts'
import { envelope, Folder, llmspell, widest } from './support.ts'

const place = new Folder()
let registry: PackedRegistry

/** This program as a 0.3.0 that keeps 0.2 and no longer 0.1. */
function nextVersion(): string {
  const folder = join(place.path, 'next')
  const cli = join(ROOT, 'cli')
  cpSync(join(cli, 'bin'), join(folder, 'bin'), { recursive: true })
  const files = globSync('dist/{*.cjs,contract/*.js,chunks/*.js}', { cwd: cli })
  for (const file of files) {
    const text = readFileSync(join(cli, file), 'utf8')
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(
      join(folder, file),
      text
        .replaceAll('SDK_VERSION = "0.2.0"', 'SDK_VERSION = "0.3.0"')
        .replaceAll('PREVIOUS_VERSION = "0.1.0"', 'PREVIOUS_VERSION = "0.2.0"'),
    )
  }
  const { oclif } = JSON.parse(readFileSync(join(cli, 'package.json'), 'utf8')) as { oclif: object }
  const dependencies = { '@llmspell/sdk': '0.3.0' }
  const json = { name: 'llmspell', version: '0.3.0', type: 'module', oclif, dependencies }
  return writeAll(folder, { 'package.json': JSON.stringify(json) })
}

/** A package that stands for one of this repository, as what is published is not needed here. */
function standIn(name: string, version: string, files: Readonly<Record<string, string>>): string {
  const exports = {
    './package.json': './package.json',
    '.': './index.js',
    './testing': './testing.js',
  }
  const json = { name, version, type: 'module', exports }
  return writeAll(join(place.path, name), { 'package.json': JSON.stringify(json), ...files })
}

const all = (path: string): string => `export * from '${pathToFileURL(join(ROOT, path)).href}'\n`

beforeAll(async () => {
  const vitest = pathToFileURL(join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')).href
  registry = await PackedRegistry.start([
    nextVersion(),
    standIn('@llmspell/sdk', '0.3.0', { 'testing.js': all('sdk/dist/testing/index.js') }),
    standIn('vitest', '5.1.1', {
      'index.js': all('node_modules/vitest/dist/index.js'),
      'vitest.mjs': `import '${vitest}'\n`,
    }),
  ])
})
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  place[Symbol.dispose]()
})

const TOOL = {
  description: 'Says again what it was told.',
  category: 'text',
  effect: 'pure',
  input: {
    type: 'object',
    additionalProperties: false,
    properties: { text: { type: 'string', description: 'What to say.' } },
  },
  examples: [{ input: { text: 'hi' }, result: { said: 'hi' } }],
}

/** An installed plugin: its range, and what its one tool says. */
interface Given {
  readonly range: string
  readonly says: string
}

/** A home with installed plugins. */
function home(plugins: Readonly<Record<string, Given>>): Folder {
  const made = Object.entries(plugins).map(([id, { range, says }]) => {
    const contributes = { tools: [{ ...TOOL, name: `say-${id}` }] }
    const llmspell = { manifest: 1, id, main: './index.mjs', phase: 'core', contributes }
    const json = { name: `pack-${id}`, version: '1.0.0', engines: { llmspell: range }, llmspell }
    return { id, json, says }
  })
  const names = Object.fromEntries(made.map(({ json }) => [json.name, json.version]))
  const lock = made.map(({ id, json }) => {
    const { name, version } = json
    return { id, package: name, version, manifestHash: manifestHash(json), trusted: true }
  })
  const folder = new Folder({
    'plugins/package.json': JSON.stringify({ dependencies: names }),
    'plugins/plugins.lock.json': JSON.stringify({ plugins: lock }),
  })
  for (const { id, json, says } of made) {
    const root = `plugins/node_modules/${json.name}`
    folder.write(`${root}/package.json`, JSON.stringify(json))
    folder.write(`${root}/README.md`, `\`\`\`lua\nTool.execute("say-${id}", {})\n\`\`\`\n`)
    folder.write(
      `${root}/index.mjs`,
      `export default {
        $llmspell: 'plugin/2',
        setup: (ctx) => ctx.contribute('tools', 'say-${id}', {
          execute: () => ({ result: { said: '${says}' } }),
        }),
      }\n`,
    )
  }
  return folder
}

function check(folder: Folder, argv: readonly string[] = [], origin = registry.origin) {
  const npm = { npm_config_registry: origin, npm_config_cache: join(place.path, 'npm') }
  const env = { LLMSPELL_HOME: folder.path, npm_config_fetch_retries: '0', ...npm }
  return llmspell(['upgrade', '--check', ...argv], { env, cwd: folder.path })
}

const contents = ({ path }: Folder): string[] =>
  globSync('plugins/**/*', { cwd: path, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))

describe('upgrade --check', () => {
  const WIDE = '>=0.2.0 <0.4.0'
  const FITS = { range: WIDE, says: 'hi' }

  test('a plugin that ends the process costs only its own row', async () => {
    using folder = home({ fits: FITS, ends: FITS, lies: { range: WIDE, says: 'bye' } })
    folder.write('plugins/node_modules/pack-ends/index.mjs', 'process.exit(3)\n')
    const ended = await check(folder, ['0.3.0', '--json'])
    expect(ended).toMatchObject({ code: 8, stderr: '' })
    const why = 'Starting it ends the process of llmspell 0.3.0: exit code 3.'
    expect(envelope(ended)).toMatchObject({
      plugins: [
        { id: 'fits', fits: 'yes', tests: { failed: 0 } },
        { id: 'ends', fits: 'no', why, hint: expect.stringContaining('pack-ends') },
        { id: 'lies', fits: 'no', tests: { failed: 1 } },
      ],
    })
  })

  test('says of every plugin whether it fits, why not and what to do, and changes nothing', async () => {
    using folder = home({
      fits: FITS,
      lies: { range: WIDE, says: 'bye' },
      older: { range: '^0.2.0', says: 'hi' },
      gone: { range: '^0.1.0', says: 'hi' },
    })
    const before = contents(folder)
    const ended = await check(folder, ['0.3.0', '--json'])
    expect(ended).toMatchObject({ code: 8, stderr: '' })
    expect(envelope(ended)).toMatchObject({
      ok: false,
      version: '0.3.0',
      plugins: [
        { id: 'fits', fits: 'yes', why: '', tests: { passed: 12, failed: 0 } },
        { id: 'lies', fits: 'no', why: expect.stringContaining('1 tests of its contract fail') },
        { id: 'older', fits: 'older', hint: expect.stringContaining('Update pack-older') },
        {
          id: 'gone',
          fits: 'no',
          why: expect.stringContaining("Plugin 'gone' needs llmspell ^0.1.0, this is 0.3.0"),
          hint: expect.stringContaining('Install a newer version of pack-gone'),
        },
      ],
    })
    expect(contents(folder)).toEqual(before)
  })

  test('shows it in 80 columns', async () => {
    using folder = home({ older: { range: '^0.2.0', says: 'hi' } })
    const { code, stdout, stderr } = await check(folder)
    expect(code).toBe(0)
    expect(stderr).toMatch(/^fetching llmspell@latest …\nstarting 1 plugins with 0\.3\.0 …\n/)
    expect(stdout).toMatch(/^llmspell 0\.3\.0\n/)
    expect(stdout).toContain('older@1.0.0  fits, through the older contract')
    expect(widest(stdout)).toBeLessThanOrEqual(80)
    expect(stdout).not.toContain('\u001B')
  })

  test.each([
    [
      'a registry that is not there',
      [],
      'http://127.0.0.1:9',
      'npm could not fetch llmspell@latest',
    ],
    ['a version that is not there', ['7.7.7'], undefined, 'npm could not fetch llmspell@7.7.7'],
  ])('says plainly where it fails: %s', async (_, argv, origin, text) => {
    using folder = home({})
    const { code, stdout, stderr } = await check(folder, argv, origin ?? registry.origin)
    expect({ code, stdout }).toEqual({ code: 8, stdout: '' })
    expect(stderr).toContain(`error[UPGRADE_FAILED]: ${text}`)
    expect(stderr).toContain('hint: See that the registry answers')
  })
})

test.each(['file:/tmp/x', '../../etc', 'git+https://example.com/x', '@a/b'])(
  'upgrade --check takes no %s',
  async (given) => {
    const ended = await llmspell(['upgrade', '--check', given])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain(`Expected a version or a tag, found '${given}'`)
  },
)

test('upgrade says how, and does nothing', async () => {
  const ended = await llmspell(['upgrade', '0.3.0'])
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toMatch(/^npm install -g llmspell@0\.3\.0\n/)
  expect(envelope(await llmspell(['upgrade', '--json']))).toEqual({
    ok: true,
    command: 'npm install -g llmspell@latest',
  })
})
