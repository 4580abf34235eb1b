import { execFile } from 'node:child_process'
import { SpellError } from '@llmspell/sdk'
import { fail } from './errors.ts'
import { gitOf, npmCli, refuseOld } from './npm-place.ts'

/** Of its own, npm is silent for more than a minute where there is no network. */
const PATIENCE = { npm_config_fetch_retries: '1', npm_config_fetch_retry_mintimeout: '1000' }
const QUIET = ['--json', '--loglevel=error', '--no-update-notifier', '--no-audit', '--no-fund']

/** What stands in the way of one call. */
export interface NpmCall {
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
}

/** The npm that comes with Node, run as a program: none of its code is in this process. */
export class Npm {
  readonly #configured: string | undefined
  readonly #timeout: number

  constructor(configured: string | undefined, timeout: number) {
    this.#configured = configured
    this.#timeout = timeout
  }

  /** The JSON that npm prints. @throws NPM_MISSING, NPM_FAILED */
  async json(argv: readonly string[], call: NpmCall): Promise<unknown> {
    const [verb = '', ...rest] = argv
    const stdout = await this.#run([verb, ...QUIET, `--prefix=${call.cwd}`, ...rest], call)
    try {
      return stdout.trim() === '' ? undefined : (JSON.parse(stdout) as unknown)
    } catch (cause) {
      const text = `npm ${verb} printed what is no JSON.`
      throw fail('NPM_FAILED', text, 'Update npm: npm install -g npm', cause)
    }
  }

  async #run(argv: readonly string[], { cwd, signal }: NpmCall): Promise<string> {
    const cli = npmCli(this.#configured)
    if (argv[0] === 'install') refuseOld(cli)
    const options = { cwd, env: cleanEnv(), maxBuffer: 1 << 27, killSignal: 'SIGKILL' as const }
    const limits = { timeout: this.#timeout, ...(signal ? { signal } : {}) }
    return new Promise((resolve, reject) => {
      const child = execFile(
        process.execPath,
        [cli, ...argv],
        { ...options, ...limits },
        (error, stdout, stderr) => {
          if (error) reject(failed(argv[0]!, stdout, stderr, error.killed === true, this.#timeout))
          else resolve(stdout)
        },
      )
      child.stdin?.end()
    })
  }
}

/** The user's npm settings count; those that an npm around this process left for its scripts do not. */
function cleanEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      name !== 'NODE_OPTIONS' &&
      !/^npm_(?!config_)|^npm_config_(?:local_prefix|global_prefix|prefix|git)$/i.test(name),
  )
  return { ...PATIENCE, ...Object.fromEntries(kept), npm_config_git: gitOf(process.env) }
}

function failed(
  verb: string,
  stdout: string,
  stderr: string,
  killed: boolean,
  timeout: number,
): SpellError {
  const { code, summary, detail } = wordsOf(stdout)
  const said = killed
    ? `it did not end within ${Math.round(timeout / 1000)} s`
    : (summary ?? lastLine(stderr))
  const hint = killed ? 'Is the registry there? npm ping asks it.' : hintOf(code ?? '', detail)
  const details = code === undefined ? {} : { details: { npm: code } }
  return new SpellError('NPM_FAILED', `npm ${verb} failed: ${said}`, { hint, ...details })
}

function wordsOf(stdout: string): { code?: string; summary?: string; detail?: string } {
  try {
    const { error } = JSON.parse(stdout) as {
      error?: { code?: string; summary?: string; detail?: string }
    }
    return error ?? {}
  } catch {
    return {}
  }
}

function hintOf(code: string, detail: string | undefined): string {
  if (code === 'E404') return 'Is the name right? llmspell plugin search TEXT finds names.'
  if (code === 'ETARGET')
    return 'Is there such a version, old enough? --min-age=0 takes new ones too.'
  if (code === 'ENOVERSIONS')
    return 'Is all that it needs public for long enough? --min-age=0 takes new versions too.'
  if (/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)$/.test(code))
    return 'The registry does not answer: is this machine online? npm ping asks it.'
  if (code === 'EINTEGRITY')
    return 'The archive is not the one that was published: do not install it.'
  const first = detail?.trim().split('\n')[0]
  return first === undefined || first === '' ? 'Nothing was changed.' : first
}

function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  return lines.at(-1)?.replace(/^npm (?:error|ERR!) ?/, '') ?? 'it gave no reason'
}
