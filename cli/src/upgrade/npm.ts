import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { SpellError } from '@llmspell/sdk'

const SCRIPT = join('node_modules', 'npm', 'bin', 'npm-cli.js')
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier']
/** ms; a registry that is silent for so long is not there. */
const PATIENCE = 300_000

/** What a program that has ended has said. */
export interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Installs packages into a folder of their own, without any script of theirs. @throws UPGRADE_FAILED, with npm's reason */
export async function fetchPackages(folder: string, specs: readonly string[]): Promise<void> {
  const argv = [
    'install',
    '--loglevel=error',
    '--json',
    ...QUIET,
    `--prefix=${folder}`,
    '--',
    ...specs,
  ]
  const said = await runNode([npmScript(), ...argv], { cwd: folder })
  if (said.code === 0) return
  const text = `npm could not fetch ${specs.join(' and ')}: ${reasonOf(said)}`
  const hint =
    'See that the registry answers (npm ping) and has the version (npm view llmspell versions).'
  throw new SpellError('UPGRADE_FAILED', text, { hint })
}

/** Runs a program of Node to its end. */
export function runNode(
  argv: readonly string[],
  { cwd, env = process.env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: clean(env), timeout: PATIENCE, killSignal: 'SIGKILL' as const }
    const child = spawn(process.execPath, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString('utf8'))
      resolve({ code, stdout: stdout!, stderr: stderr! })
    })
  })
}

/** What an npm around this process has set for its scripts is not the user's. */
function clean(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(
    ([name]) => name !== 'NODE_OPTIONS' && !/^npm_(?!config_)|^npm_config_.*prefix$/.test(name),
  )
  return Object.fromEntries(own)
}

function npmScript(): string {
  const node = dirname(process.execPath)
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const places = [node, join(node, '..', 'lib'), ...folders.flatMap(besideNpm)]
  const found = places.map((place) => join(place, SCRIPT)).find((file) => existsSync(file))
  if (found) return found
  const hint = 'Install Node with npm.'
  throw new SpellError('UPGRADE_FAILED', 'There is no npm beside Node or in PATH.', { hint })
}

function besideNpm(folder: string): string[] {
  const lib = [folder, join(folder, '..', 'lib')]
  try {
    const script = realpathSync(join(folder, 'npm'))
    return [dirname(dirname(dirname(dirname(script)))), ...lib]
  } catch {
    return lib
  }
}

function reasonOf({ code, stdout, stderr }: Said): string {
  try {
    const { error } = JSON.parse(stdout) as { readonly error?: { readonly summary?: string } }
    if (error?.summary) return error.summary.split('\n')[0] ?? ''
  } catch {
    // npm ended before it could say it as JSON.
  }
  const last = stderr.trim().split('\n').at(-1)
  return last || (code === null ? `no answer within ${PATIENCE / 1000} s` : `exit code ${code}`)
}
