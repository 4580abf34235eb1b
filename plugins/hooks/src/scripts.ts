import { deny } from '@llmspell/sdk'
import type { CallContext, Denial, Logger, ScriptRuntime } from '@llmspell/sdk'
import type { HookScript as Entry } from './generated/config.ts'
import { HookScript } from './script.ts'

export type { HookScript } from './script.ts'

/** Under this setting a run is known to be a hook script: the value cannot be guessed. */
const SETTING = 'plugins.hooks.script'

/** The hook scripts of the configuration: started once, before the first call of any run. */
export class HookScripts {
  readonly #scripts: readonly HookScript[]
  #started: Promise<void> | undefined
  #stopped = false

  constructor(entries: readonly Entry[], runtime: ScriptRuntime, logger: Logger) {
    this.#scripts = entries.map((entry) => new HookScript(entry, SETTING, runtime, logger))
  }

  get some(): boolean {
    return this.#scripts.length > 0
  }

  /** The hook script whose run a call belongs to. */
  ofRun({ settings }: Pick<CallContext, 'settings'>): HookScript | undefined {
    return this.#scripts.find(({ token }) => settings[SETTING] === token)
  }

  /** Lets a call pass once all hook scripts are there; refuses it where one of them is missed. */
  readonly gate = async ({ run_id: runId }: { run_id: string }): Promise<Denial | undefined> => {
    if (this.#stopped || this.#isOwn(runId)) return undefined
    this.#started ??= this.#start()
    await this.#started
    await Promise.all(this.#scripts.map((script) => script.back()))
    const missed = this.#scripts.find(({ isMissed }) => isMissed)
    return missed && deny(missed.failure!.message, missed.failure!.hint)
  }

  /** Ends the runs of all hook scripts. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#scripts.map((script) => script.stop()))
  }

  /** Its place in the configuration; 0 for none. */
  placeOf(script: HookScript | undefined): number {
    return script ? this.#scripts.indexOf(script) + 1 : 0
  }

  #isOwn(runId: string): boolean {
    return this.#scripts.some((script) => script.owns(runId))
  }

  /** One after the other, so that their hooks stand in the order of the configuration. */
  async #start(): Promise<void> {
    for (const script of this.#scripts) if (!this.#stopped) await script.start()
  }
}
