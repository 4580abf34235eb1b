import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

interface Json {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
  readonly llmspell?: { readonly main?: string }
}

const root = join(import.meta.dirname, '..', '..')
const folders = globSync(
  ['sdk', 'kernel', 'cli', 'cli/runtime', 'plugin-template', 'plugins/*', 'examples/*'],
  {
    cwd: root,
  },
)
  .map((folder) => folder.replaceAll('\\', '/'))
  .filter((folder) => existsSync(join(root, folder, 'package.json')))
const read = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Json
const IMPORT =
  /^\s*(import|export)\s+(type\s)?[^'";]*?from\s+'([^'.][^']*)'|^\s*import\s+'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm

/** Packages that a package imports to run; types, tests and test kits do not count. */
function imports(folder: string): readonly string[] {
  const all = globSync('src/**/*.ts', { cwd: join(root, folder) })
  const files = all.filter((file) => !/\.test\.ts$|[\\/]testing[\\/.]/.test(file))
  const names = files.flatMap((file) => {
    const found = readFileSync(join(root, folder, file), 'utf8').matchAll(IMPORT)
    return [...found]
      .filter((match) => !match[2])
      .map((match) => match[3] ?? match[4] ?? match[5] ?? '')
  })
  const packages = names
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    )
  return [...new Set(packages)]
}

/** Templates are read when a plugin is started anew. */
const KNOWN_TO_CLI = ['@llmspell/kernel', '@llmspell/sdk', '@llmspell/plugin-template']
const ours = (name: string) => name.startsWith('@llmspell/') || name === 'llmspell'

describe('imports', () => {
  test('the SDK needs nothing at run time', () => {
    expect(imports('sdk')).toEqual([])
    expect(read('sdk').dependencies).toBeUndefined()
  })

  test('the kernel needs the SDK and its five libraries', () => {
    const allowed = ['@llmspell/sdk', 'awilix', 'tapable', 'semver', 'ajv', 're2js']
    expect(imports('kernel').filter((name) => !allowed.includes(name))).toEqual([])
  })

  test.each(folders.filter((folder) => folder.startsWith('plugins/')))(
    '%s needs the SDK and libraries of its own, no kernel and no other plugin',
    (folder) => {
      const { name, dependencies = {} } = read(folder)
      const known = [
        '@llmspell/sdk',
        name,
        ...Object.keys(dependencies).filter((other) => !ours(other)),
      ]
      const bundled = Object.keys(read(folder).devDependencies ?? {}).filter(
        (other) => !ours(other),
      )
      expect(
        imports(folder).filter((other) => !known.includes(other) && !bundled.includes(other)),
      ).toEqual([])
    },
  )

  test.each(['cli', 'cli/runtime'])('%s knows plugins as names only', (folder) => {
    const others = imports(folder).filter((name) => ours(name))
    expect(others.filter((name) => !KNOWN_TO_CLI.includes(name))).toEqual([])
  })
})

test('the runtime brings nothing that the command line does not', () => {
  const names = (folder: string) => Object.keys(read(folder).dependencies ?? {})
  const more = names('cli/runtime').filter((name) => !names('cli').includes(name))
  // The command line has a copy of the kernel in its one file.
  expect(more).toEqual(['@llmspell/kernel'])
})

describe.each(folders.filter((folder) => read(folder).llmspell))('the plugin %s', (folder) => {
  test('takes the SDK from its host, and pins its contract', () => {
    const {
      dependencies = {},
      devDependencies = {},
      peerDependencies = {},
      engines = {},
    } = read(folder)
    expect(Object.keys(dependencies)).not.toContain('@llmspell/sdk')
    expect(peerDependencies['@llmspell/sdk']).toBeTruthy()
    expect(devDependencies['@llmspell/sdk']).toBeTruthy()
    expect(engines['llmspell']).toBeTruthy()
  })
})
