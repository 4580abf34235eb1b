import { isPluginError, isSpellError } from '@llmspell/sdk'
import type { Kernel, Reloaded } from '@llmspell/kernel'
import type { Config } from '../config.ts'
import type { Parsed } from '../parse.ts'
import { Stage } from '../stage.ts'

/** A stage that keeps its kernel from run to run, with one plugin under development in it. */
export class DevStage extends Stage {
  protected override readonly linked: readonly string[]
  readonly #id: () => string
  #current: Kernel | undefined

  /** @param id reads the plugin's id, which an edit may change */
  constructor(root: string, parsed: Parsed, folder: string, id: () => string) {
    super(root, parsed)
    this.linked = [folder]
    this.#id = id
  }

  override async open(config: Config): Promise<Kernel> {
    this.#current ??= await super.open(config)
    return this.#current
  }

  /** Puts what is on disk by now in place. @throws what is wrong with it; the version before stays */
  async refresh(): Promise<Reloaded> {
    const config = await this.config()
    const fresh = this.#current === undefined
    const kernel = await this.open(config)
    try {
      return await kernel.reload(this.#id())
    } catch (error) {
      if (fresh || !needsNewStart(error)) throw told(error, kernel, this.linked)
      return this.#anew(config, error, kernel)
    }
  }

  override async close(): Promise<void> {
    await this.#current?.stop()
    await super.close()
  }

  /** A new kernel takes the place of the old one only where the plugin works in it. */
  async #anew(config: Config, reason: unknown, old: Kernel): Promise<Reloaded> {
    const kernel = await super.open(config)
    try {
      const reloaded = await kernel.reload(this.#id())
      this.#current = kernel
      this.watches.shift()?.()
      await old.stop()
      return reloaded
    } catch (error) {
      this.watches.pop()?.()
      await kernel.stop()
      throw needsNewStart(error) ? told(reason, kernel, this.linked) : error
    }
  }
}

/** True for what a running kernel cannot take over. */
function needsNewStart(error: unknown): boolean {
  if (!isSpellError(error)) return false
  const cause = isPluginError(error.cause) ? error.cause : undefined
  return error.code === 'PLUGIN_NOT_FOUND' || cause?.code === 'PLUGIN_RELOAD'
}

/** Of a plugin that the kernel does not use: why. */
function told(error: unknown, kernel: Kernel, [folder]: readonly string[]): unknown {
  if (!isSpellError(error) || error.code !== 'PLUGIN_NOT_FOUND') return error
  const problem = kernel.report().problems.find(({ path }) => path.startsWith(folder as string))
  const row = kernel.list().find(({ root, failure }) => root === folder && failure)
  return row?.failure ?? problem ?? error
}
