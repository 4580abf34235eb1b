import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Kernel } from '@llmspell/kernel'
import { keepConsoleOff } from './console.ts'
import { loadConfig, PROJECT_FILE, type Config } from './config.ts'
import { exitCode } from './exit.ts'
import { configFault, refuseNames, refuseSections } from './kernel/faults.ts'
import { KernelLogger, type Talk } from './kernel/logger.ts'
import { errorItems, openKernel } from './kernel/open.ts'
import { unusedPlugins, type Unused } from './kernel/unused.ts'
import type { Parsed } from './parse.ts'
import { errorEnvelope, toJson } from './print/envelope.ts'
import { plain } from './print/escape.ts'
import { failureText, type Source } from './print/failure.ts'
import { err, out } from './print/output.ts'
import { painter } from './print/style.ts'
import { ownConfigFile } from './places.ts'
import { isOn, text } from './run/options.ts'
import { watchStrays } from './stray.ts'

/** What a command stands on: its flags, the config, and a kernel that is opened when asked for. */
export class Stage {
  readonly root: string
  readonly parsed: Parsed
  readonly json: boolean
  readonly quiet: boolean
  /** The script at work, for the line that an error points at. */
  source: Source | undefined
  /** What a script has printed, where it is kept for the envelope. */
  printed: string[] | undefined
  /** Folders of plugins under development. */
  protected readonly linked: readonly string[] = []
  /** One for each kernel so far: ends the watch for its stray errors. */
  protected readonly watches: (() => void)[] = []
  /** Plugins of one file that a run brings along. */
  #brought: readonly string[] = []
  #kernel: Kernel | undefined
  #logger: KernelLogger | undefined

  constructor(root: string, parsed: Parsed) {
    this.root = root
    this.parsed = parsed
    this.json = isOn(parsed, 'json') || isOn(parsed, 'events')
    this.quiet = isOn(parsed, 'quiet')
  }

  async config(): Promise<Config> {
    const config = await this.#config()
    const more = [...this.flagged, ...this.#brought]
    return more.length === 0 ? config : { ...config, files: [...(config.files ?? []), ...more] }
  }

  /** Absolute paths of `--plugin`. */
  get flagged(): readonly string[] {
    const given = this.parsed.flags['plugin']
    if (!Array.isArray(given)) return []
    return (given as readonly string[]).map((path) => resolve(path))
  }

  /** Paths of plugins that flags and config files name. */
  async named(): Promise<readonly string[]> {
    return [...((await this.#config()).files ?? []), ...this.flagged]
  }

  /** Takes other files along than so far. @returns true where the kernel was stopped for it, and is to be opened again */
  async bring(files: readonly string[]): Promise<boolean> {
    if (isDeepStrictEqual(files, this.#brought)) return false
    this.#brought = files
    await this.#kernel?.stop()
    this.#kernel = undefined
    return true
  }

  #config(): Promise<Config> {
    return loadConfig(text(this.parsed, 'config'), process.cwd(), ownConfig())
  }

  /**
   * Opens the kernel. Loads no plugin.
   * @throws CONFIG_INVALID for names that mean no plugin
   */
  async open(config: Config): Promise<Kernel> {
    const kernel = await this.#start(config, this.quiet ? 'errors' : 'warnings')
    const report = kernel.report()
    refuseNames(report, this.#configFile)
    await refuseSections(kernel, config, this.#configFile)
    if (!this.quiet) for (const one of unusedPlugins(report)) err(warningOf(one))
    return kernel
  }

  /** Opens the kernel for a command that shows what is wrong itself. */
  examine(config: Config): Promise<Kernel> {
    return this.#start(config, 'nothing')
  }

  /** Prints an error, for people or as the envelope, and gives its exit code. */
  fail(error: unknown): number {
    const fault = configFault(error, this.#kernel, this.#configFile)
    if (fault) this.#logger?.forget()
    const shown = fault ?? error
    if (this.json) out(`${toJson(errorEnvelope(shown, this.printed?.join('')))}\n`)
    else err(failureText(shown, painter(process.stderr.isTTY), this.source))
    return exitCode(shown, errorItems(this.#kernel))
  }

  get #configFile(): string {
    const over = text(this.parsed, 'config') ?? PROJECT_FILE
    const own = ownConfig()
    if (own === undefined || !existsSync(own)) return over
    return existsSync(over) ? `${over}' or '${own}` : own
  }

  async #start(config: Config, talk: Talk): Promise<Kernel> {
    const logger = new KernelLogger(talk)
    this.#logger = logger
    // What shows what is wrong looks at the files themselves.
    const opening = { logger, reread: talk === 'nothing', linked: this.linked }
    this.#kernel = await openKernel(this.root, config, opening)
    this.watches.push(watchStrays(this.#kernel, (error) => this.fail(error)))
    return this.#kernel
  }

  async close(): Promise<void> {
    this.#logger?.flush()
    await this.#kernel?.stop()
  }
}

function warningOf({ id, why }: Unused): string {
  const reason = plain(why).replaceAll('\n', ' ').replace(/\.$/, '')
  return `warning: plugin '${plain(id)}' is not used: ${reason}; see llmspell plugin doctor\n`
}

/** What a command does on its stage; a number is its exit code, nothing is 0. */
export type Body = (stage: Stage) => Promise<number | void>

/**
 * Carries out a command: whatever it throws is printed once, and the kernel is stopped.
 * @returns the exit code
 */
export async function onStage(root: string, parsed: Parsed, body: Body): Promise<number> {
  const stage = new Stage(root, parsed)
  keepConsoleOff()
  try {
    return (await body(stage)) ?? 0
  } catch (error) {
    return stage.fail(error)
  } finally {
    await stage.close()
  }
}

const ownConfig = (): string | undefined => ownConfigFile(process.env, process.platform)
