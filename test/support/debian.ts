import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
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
    unpack(name)
  } catch (error) {
    const said = (error as Error).message.split('\n')[0]
    return { reason: `'${program}' is not installed, and its package cannot be had: ${said}` }
  }
  return existsSync(path) ? { path } : { reason: `the package ${name} has no '${program}'` }
}

/** Into a folder of this process first: tests of other processes may do the same. */
function unpack(name: string): void {
  const work = join(CACHE, `${name}-${process.pid}`)
  mkdirSync(work, { recursive: true })
  try {
    execFileSync('apt-get', ['download', name], { cwd: work, stdio: 'pipe', timeout: 60_000 })
    const file = readdirSync(work).find((entry) => entry.endsWith('.deb'))!
    execFileSync('dpkg-deb', ['-x', file, 'out'], { cwd: work, stdio: 'pipe' })
    if (!existsSync(join(CACHE, name))) renameSync(join(work, 'out'), join(CACHE, name))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
