import type { Kernel } from '@llmspell/kernel'
import { loadConfig, type Config } from './config.ts'
import { exitCode } from './exit.ts'
import { errorItems, openKernel } from './kernel/open.ts'
import type { Parsed } from './parse.ts'
import { errorEnvelope, toJson } from './print/envelope.ts'
import { failureText, type Source } from './print/failure.ts'
import { err, out } from './print/output.ts'
import { painter } from './print/style.ts'
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
  #kernel: Kernel | undefined

  constructor(root: string, parsed: Parsed) {
    this.root = root
    this.parsed = parsed
    this.json = isOn(parsed, 'json')
    this.quiet = isOn(parsed, 'quiet')
  }

  config(): Promise<Config> {
    return loadConfig(text(this.parsed, 'config'))
  }

  /** Opens the kernel. Loads no plugin. */
  async open(config: Config): Promise<Kernel> {
    this.#kernel = await openKernel(this.root, config, this.quiet)
    watchStrays(this.#kernel, (error) => this.fail(error))
    return this.#kernel
  }

  /** Prints an error, for people or as the envelope, and gives its exit code. */
  fail(error: unknown): number {
    if (this.json) out(`${toJson(errorEnvelope(error, this.printed?.join('')))}\n`)
    else err(failureText(error, painter(process.stderr.isTTY), this.source))
    return exitCode(error, errorItems(this.#kernel))
  }

  async close(): Promise<void> {
    await this.#kernel?.stop()
  }
}

/** What a command does on its stage; a number is its exit code, nothing is 0. */
export type Body = (stage: Stage) => Promise<number | void>

/**
 * Carries out a command: whatever it throws is printed once, and the kernel is stopped.
 * @returns the exit code
 */
export async function onStage(root: string, parsed: Parsed, body: Body): Promise<number> {
  const stage = new Stage(root, parsed)
  try {
    return (await body(stage)) ?? 0
  } catch (error) {
    return stage.fail(error)
  } finally {
    await stage.close()
  }
}
