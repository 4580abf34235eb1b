import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './root.ts'

const CACHE = join(ROOT, 'node_modules', '.cache', 'debian')
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/bin']

/** A program of a Debian package, or why there is none. */
export type Found =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string }

/**
 * A program of the system, or else unpacked from its Debian package, which stays in a folder that git ignores. Nothing
 * is installed.
 *
 * @param program name below `/usr/bin`
 */
export function debianProgram(name: string, program: string): Found {
  const own = FOLDERS.map((folder) => join(folder, program)).find((path) => existsSync(path))
  if (own !== undefined) return { path: own }
  const path = join(CACHE, name, 'usr', 'bin', program)
  if (existsSync(path)) return { path }
  try {
    unpack(join(CACHE, name), [name])
  } catch (error) {
    const said = saidBy(error)
    return { reason: `'${program}' is not installed, and its package cannot be had: ${said}` }
  }
  return existsSync(path) ? { path } : { reason: `the package ${name} has no '${program}'` }
}

/** The first complaint of `apt-get`, or what Node says of it. */
function saidBy(error: unknown): string {
  const { stderr = '', message } = error as { stderr?: string | Buffer; message: string }
  return /^E: .*$/m.exec(String(stderr))?.[0] ?? message.split('\n')[0]!
}

/** A server, and where the libraries lie that came with it. */
export type FoundServer =
  | { readonly path: string; readonly env: NodeJS.ProcessEnv; readonly reason?: undefined }
  | { readonly path?: undefined; readonly env?: undefined; readonly reason: string }

/** Title of the tests of a server, which says why they are skipped. */
export const titleOf = (name: string, { reason }: FoundServer): string =>
  reason === undefined ? name : `${name}, skipped: ${reason}`

/**
 * A server of the system, or else unpacked from its Debian package together with the packages that this machine lacks for
 * it.
 *
 * @param program where it lies: a pattern without the leading `/`
 * @param without packages that it does without
 */
export function debianServer(name: string, program: string, without = /-perl$/): FoundServer {
  const own = programIn('/', program)
  if (own !== undefined) return { path: own, env: process.env }
  const folder = join(CACHE, `${name}+`)
  try {
    mkdirSync(CACHE, { recursive: true })
    if (!existsSync(folder)) unpack(folder, lacking(name, without))
  } catch (error) {
    const said = saidBy(error)
    return { reason: `${name} is not installed, and its package cannot be had: ${said}` }
  }
  const path = programIn(folder, program)
  const libraries = globSync('{usr/lib,lib}/*-linux-gnu*', { cwd: folder })
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: libraries.map((lib) => join(folder, lib)).join(':'),
  }
  return path === undefined ? { reason: `the package ${name} has no '${program}'` } : { path, env }
}

function programIn(folder: string, pattern: string): string | undefined {
  const [found] = globSync(pattern, { cwd: folder }).toSorted().reverse()
  return found === undefined ? undefined : join(folder, found)
}

/** What would be installed with a package, itself too. */
function lacking(name: string, without: RegExp): string[] {
  const said = apt(CACHE, 'install', '--simulate', '--no-install-recommends', name)
  const names = [...said.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each!)
  // The C library of another version does not go with the loader of this machine.
  return names.filter((each) => !without.test(each) && !/^libc6(?::|$)/.test(each))
}

function apt(cwd: string, ...args: readonly string[]): string {
  const run = { cwd, stdio: 'pipe', encoding: 'utf8', timeout: 120_000 } as const
  return execFileSync('apt-get', [...listed(), ...args], run)
}

/** Small machines come without lists of packages: then they are fetched into a folder of ours, which needs no rights. */
function listed(): string[] {
  if (globSync('/var/lib/apt/lists/*_Packages*').length > 0) return []
  const [lists, cache] = [join(CACHE, 'apt', 'lists'), join(CACHE, 'apt', 'cache')]
  const folders = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`]
  const flags = [...folders, '-o', 'APT::Sandbox::User=root']
  if (globSync(join(lists, '*_Packages*')).length > 0) return flags
  for (const folder of [lists, cache]) mkdirSync(join(folder, 'partial'), { recursive: true })
  execFileSync('apt-get', [...flags, 'update'], { stdio: 'pipe', timeout: 120_000 })
  return flags
}

/** Into a folder of this process first: tests of other processes may do the same. */
function unpack(folder: string, names: readonly string[]): void {
  const work = `${folder}-${process.pid}`
  mkdirSync(work, { recursive: true })
  const run = { cwd: work, stdio: 'pipe', timeout: 120_000 } as const
  try {
    apt(work, 'download', ...names)
    for (const file of readdirSync(work).filter((entry) => entry.endsWith('.deb')))
      execFileSync('dpkg-deb', ['-x', file, 'out'], run)
    if (!existsSync(folder)) renameSync(join(work, 'out'), folder)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
