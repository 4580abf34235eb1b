import { readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/root.ts'
import { envelope, Folder, llmspell } from './support.ts'

const PACKAGE = {
  name: 'own',
  version: '1.0.0',
  description: 'Own.',
  license: 'MIT',
  keywords: ['llmspell-plugin'],
  type: 'module',
  engines: { node: '>=24', llmspell: '^0.2.0' },
  exports: { '.': './dist/index.js', './package.json': './package.json' },
  files: ['dist'],
  peerDependencies: { '@llmspell/sdk': '^0.2.0' },
  llmspell: { manifest: 1, id: 'own', main: './dist/index.js', phase: 'core' },
}
const FILES = {
  'dist/index.js': 'export default {}\n',
  'README.md': '# own\n\n```sh\nown\n```\n\nIt needs no permission.\n',
  LICENSE: 'MIT\n',
  'src/own.test.ts': '',
}

type Expected = readonly (readonly [level: string, check: string, text: string])[]
type Files = Readonly<Record<string, string | undefined>>
interface Found {
  readonly findings: readonly {
    readonly level: string
    readonly check: string
    readonly text: string
  }[]
}

async function check(json: object, files: Files = {}) {
  using folder = new Folder({ ...FILES, 'package.json': JSON.stringify({ ...PACKAGE, ...json }) })
  for (const [name, text] of Object.entries(files))
    if (text === undefined) rmSync(join(folder.path, name))
    else folder.write(name, text)
  const ended = await llmspell(['plugin', 'check', folder.path, '--json'])
  return { code: ended.code, ...(envelope(ended) as unknown as Found) }
}

const manifest = (more: object) => ({ llmspell: { ...PACKAGE.llmspell, ...more } })

describe('plugin check', () => {
  const rows: readonly [string, object, Files, Expected][] = [
    [
      'forgotten',
      {
        private: true,
        keywords: [],
        engines: {},
        dependencies: { '@llmspell/sdk': '1' },
        files: ['LIES'],
      },
      { 'README.md': '# own', LICENSE: undefined, 'src/own.test.ts': undefined },
      [
        ['error', 'manifest', 'engines.llmspell'],
        ['error', 'manifest', 'dependencies'],
        ['error', 'package', 'private'],
        ['error', 'pack', "'dist/index.js' would not be packed"],
        ['warning', 'manifest', 'engines.node'],
        ['warning', 'package', 'llmspell-plugin'],
        ['warning', 'docs', 'no example'],
        ['warning', 'docs', 'nothing of permissions'],
        ['warning', 'docs', 'LICENSE'],
        ['warning', 'tests', 'no tests'],
      ],
    ],
    [
      'broken',
      { ...manifest({ phase: 'late' }), exports: { '.': './dist/none.js' } },
      { 'README.md': undefined },
      [
        ['error', 'manifest', 'llmspell.phase'],
        ['error', 'package', 'none.js'],
        ['error', 'docs', 'no README.md'],
      ],
    ],
    [
      'not for this kernel',
      { engines: { node: '>=24', llmspell: '^9.0.0' } },
      {},
      [['error', 'manifest', '9.0.0']],
    ],
    [
      'too curious',
      manifest({ requires: { nothing: '^1' }, config: { type: 'object' } }),
      {
        'dist/index.js':
          "import 'node:fs'\nfetch('http://a')\nrequire('child_process')\nprocess.env.HOME\n",
        'dist/a.test.js': '',
        'dist/big.bin': 'x'.repeat(6 << 20),
      },
      [
        ['error', 'manifest', "'nothing'"],
        ['warning', 'docs', 'no table'],
        ['warning', 'permissions', 'node:fs'],
        ['warning', 'permissions', 'network'],
        ['warning', 'permissions', 'programs'],
        ['warning', 'permissions', 'environment'],
        ['warning', 'pack', "'dist/a.test.js' would be packed"],
        ['warning', 'pack', 'big.bin'],
      ],
    ],
  ]
  test.each(rows)('sees what is %s', async (_, json, files, expected) => {
    const { code, findings } = await check(json, files)
    for (const [level, name, text] of expected)
      expect(findings).toContainEqual(
        expect.objectContaining({
          level,
          check: name,
          text: expect.stringContaining(text) as string,
        }),
      )
    expect(code).toBe(1)
  })

  test('is content with a good one, and with what is declared', async () => {
    const more = manifest({ permissions: { read: ['./data'] } })
    expect(await check(more, { 'dist/index.js': "import 'node:fs'\n" })).toMatchObject({
      code: 0,
      findings: [],
    })
  })

  test('names file and line, and fits a terminal', async () => {
    using folder = new Folder({
      ...FILES,
      'package.json': JSON.stringify(PACKAGE),
      'dist/index.js': "\n\nimport { readFile } from 'node:fs/promises'\n",
    })
    const { stdout } = await llmspell(['plugin', 'check'], { cwd: folder.path })
    expect(stdout).toContain('warning[permissions]: The code uses files')
    expect(stdout).toContain('  --> dist/index.js:3\n')
    expect(stdout).toMatch(/0 errors, 1 warning; packed: 4 files/)
  })

  test.each([
    ['none', {}],
    ['no plugin', { 'package.json': '{}' }],
    ['no JSON', { 'package.json': '{' }],
  ])('refuses a folder with %s', async (_, files) => {
    using folder = new Folder(files as Record<string, string>)
    const ended = await llmspell(['plugin', 'check', folder.path, '--json'])
    expect(envelope(ended)).toMatchObject({ error: { code: 'PLUGIN_FOLDER_INVALID' } })
    expect(ended.code).toBe(3)
  })
})

test('the check runs no code of the plugin', async () => {
  using folder = new Folder({
    ...FILES,
    'package.json': JSON.stringify({ ...PACKAGE, scripts: { prepack: 'touch ran' } }),
  })
  folder.write(
    'dist/index.js',
    `import { writeFileSync } from 'node:fs'\nwriteFileSync('${join(folder.path, 'ran')}', '')\n`,
  )
  await llmspell(['plugin', 'check', folder.path])
  expect(() => readFileSync(join(folder.path, 'ran'))).toThrow('ENOENT')
})

test('does not follow a node_modules that is a link', async () => {
  using folder = new Folder({ ...FILES, 'package.json': JSON.stringify(PACKAGE) })
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'), 'junction')
  const ended = await llmspell(['plugin', 'check', folder.path, '--json'])
  expect(envelope(ended)).toHaveProperty('findings')
})
