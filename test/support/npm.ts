import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'

/** What came of a program. */
export interface Done {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

// The Node of this process comes first, whatever the machine has.
const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`

/** Runs a program to its end, whatever its exit code. */
export function spawned(
  file: string,
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Done> {
  const shell = process.platform === 'win32' && !file.endsWith('.exe')
  const options = { cwd, shell, env: { ...process.env, PATH, ...env }, maxBuffer: 1 << 26 }
  return new Promise((resolve) => {
    execFile(file, argv, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    )
  })
}

/** Runs npm: the one that started this process, else the first in PATH. */
export function npm(argv: readonly string[], cwd: string): Promise<Done> {
  const cli = process.env['npm_execpath']
  return cli !== undefined && existsSync(cli) && /npm-cli\.[cm]?js$/.test(cli)
    ? spawned(process.execPath, [cli, ...argv], cwd)
    : spawned('npm', argv, cwd)
}

const UNREACHABLE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b/

/** True where npm failed because there is no way to a registry. */
export function isOffline({ code, stderr }: Done): boolean {
  return code !== 0 && UNREACHABLE.test(stderr)
}
