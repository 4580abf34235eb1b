import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { fail } from './errors.ts'
import { readJson } from './read-json.ts'
import { isRecord, textAt } from './record.ts'

const CLI = join('node_modules', 'npm', 'bin', 'npm-cli.js')
/** The first that can be told where packages may come from: --allow-git, --allow-remote and the like. */
const OLDEST = [11, 14] as const

/** The file of npm that is run. @throws NPM_MISSING */
export function npmCli(configured: string | undefined): string {
  const found = configured === undefined ? besideNode() : configured
  if (found !== undefined && existsSync(found)) return found
  const where = configured === undefined ? 'beside Node or in PATH' : `at '${configured}'`
  const hint = 'Install Node with npm, or name npm-cli.js by plugins.plugin-store.npm.'
  const text = `Plugins are installed with npm: expected it ${where}, found none.`
  throw fail('NPM_MISSING', text, hint)
}

function besideNode(): string | undefined {
  const node = dirname(process.execPath)
  const beside = [join(node, CLI), join(node, '..', 'lib', CLI)]
  return [...beside, ...pathFolders().flatMap(inPath)].find((file) => existsSync(file))
}

/** `npm` in a folder of PATH is a link to its script, or a file beside the folder with it. */
function inPath(folder: string): string[] {
  const places = [join(folder, CLI), join(folder, '..', 'lib', CLI)]
  try {
    const real = realpathSync(join(folder, 'npm'))
    return real.endsWith('npm-cli.js') ? [real, ...places] : places
  } catch {
    return places
  }
}

/** An older npm fetches dependencies from any address, and runs git for them, before anybody is asked. @throws NPM_MISSING */
export function refuseOld(cli: string): void {
  const json = readJson(join(dirname(cli), '..', 'package.json'))
  const version = (isRecord(json) && textAt(json, 'version')) || 'one of no version'
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  const [first, second] = OLDEST
  if (major > first || (major === first && minor >= second)) return
  const text = `npm cannot be told where packages may come from: expected ${OLDEST.join('.')} or newer, found ${version}.`
  throw fail('NPM_MISSING', text, 'Update npm: npm install -g npm')
}

/** A package's own .npmrc may not say which program is git: what the environment says goes before it. */
export function gitOf(env: NodeJS.ProcessEnv): string {
  const given = Object.entries(env).find(([name]) => /^npm_config_git$/i.test(name))?.[1]
  if (given) return given
  const name = process.platform === 'win32' ? 'git.exe' : 'git'
  const files = pathFolders()
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
  return files.find((file) => existsSync(file)) ?? name
}

const pathFolders = (): readonly string[] =>
  (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
