import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { envelope, Folder, llmspell, type Ended } from '../cli/support.ts'
import { isOffline, npm, spawned, type Done } from '../support/npm.ts'
import { publicPackages } from '../support/packages.ts'
import { Registry } from './registry.ts'
import { publishWorkspaces } from './workspaces.ts'

const FULL = process.env['LLMSPELL_TEST_FULL'] === '1'
const KINDS = FULL ? ['tool', 'engine', 'provider', 'store', 'hook', 'module'] : ['tool']

let registry: Registry
let home: Folder
let run: (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended | Done>
beforeAll(async () => {
  registry = await Registry.start()
  home = new Folder()
  // Of ours nothing but what is published; all else as anybody gets it.
  home.write('.npmrc', `@llmspell:registry=${registry.origin}\n`)
  const folders = FULL ? (await publicPackages()).map(({ folder }) => folder) : ['sdk']
  await publishWorkspaces(registry, folders)
  run = FULL
    ? await installedProgram()
    : (argv, env) => llmspell(argv, { cwd: home.path, ...(env ? { env } : {}) })
}, 300_000)
afterAll(async () => {
  home[Symbol.dispose]()
  await registry[Symbol.asyncDispose]()
})

const INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']

/** npm with the settings of a folder, and no other ones of a registry. */
const npmIn = (folder: string, ...argv: string[]): Promise<Done> =>
  npm([...argv, '--userconfig', join(home.path, '.npmrc')], folder)

/** The command line of a project that has it from the registry. */
async function installedProgram(): Promise<typeof run> {
  home.write('app/package.json', '{ "name": "app", "version": "1.0.0", "private": true }')
  const app = join(home.path, 'app')
  const answer = await fetch(`${registry.origin}/llmspell/latest`)
  const { dist } = (await answer.json()) as { dist: { tarball: string } }
  const done = await npmIn(app, ...INSTALL, dist.tarball)
  if (done.code !== 0 && !isOffline(done)) throw new Error(done.stderr)
  const bin = join(app, 'node_modules', '.bin', 'llmspell')
  const own = { LLMSPELL_HOME: join(home.path, 'home') }
  return (argv, env = {}) => spawned(bin, argv, home.path, { ...own, ...env })
}

test.for(KINDS)(
  'a new %s is made, tested, published and installed with published packages only',
  { timeout: 300_000 },
  async (kind, context) => {
    const name = `own-${kind}`
    const root = join(home.path, name)
    expect(await run(['plugin', 'new', name, '--kind', kind])).toMatchObject({ code: 0 })
    const installed = await npmIn(root, ...INSTALL)
    context.skip(isOffline(installed), 'no registry can be reached')
    expect(installed).toMatchObject({ code: 0 })
    expect(told(await npmIn(root, 'test'))).toBe('')
    expect(told(await run(['plugin', 'check', root]))).toBe('')
    expect(told(await run(['plugin', 'test', root]))).toBe('')
    const token = `--${registry.origin.slice(5)}/:_authToken=any`
    const publish = await npmIn(
      root,
      'publish',
      '--ignore-scripts',
      `--registry=${registry.origin}`,
      token,
    )
    expect(told(publish)).toBe('')
    const env = { ...registry.env, LLMSPELL_HOME: join(home.path, 'home') }
    const found = await run(['plugin', 'install', name, '--min-age=0', '--yes', '--trust'], env)
    expect(told(found)).toBe('')
    const doctor = (await run(['plugin', 'doctor', '--json'], env)) as Ended
    const rows = envelope(doctor)['plugins'] as readonly { id: string; failure?: object }[]
    const row = rows.find(({ id }) => id === name)
    expect(row).toMatchObject({ source: 'folder' })
    expect(row?.failure).toBeUndefined()
  },
)

/** All that a program said, where it failed. */
const told = ({ code, stdout, stderr }: Ended | Done): string => (code === 0 ? '' : stdout + stderr)
