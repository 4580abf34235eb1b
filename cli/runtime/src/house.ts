import { createKernel, type Kernel } from '@llmspell/kernel'
import { fromErrorRecord, SpellError } from '@llmspell/sdk'
import type { Run, RunOptions, ScriptRuntime, Services } from '@llmspell/sdk'
import { checkCall, runOptions, type CallOptions } from './calls.ts'
import { kernelOptions } from './kernel-options.ts'
import { SILENT } from './silent.ts'
import type { RuntimeOptions } from './options.ts'

/** The kernel of a runtime: started by the first use, stopped once. */
export class House {
  readonly options: RuntimeOptions
  readonly kernel: Kernel
  readonly #stop = new AbortController()
  #starting: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: RuntimeOptions) {
    this.options = options
    this.kernel = createKernel(kernelOptions(options))
  }

  /** @throws KERNEL_STATE after the end; CONFIG_INVALID, PLUGIN_NOT_FOUND and the like for what the host named wrongly */
  async use<K extends keyof Services>(name: K): Promise<Services[K]> {
    await this.started()
    return this.kernel.use(name)
  }

  async started(): Promise<void> {
    if (this.#closing) throw disposed()
    this.#starting ??= this.#start()
    await this.#starting
    if (this.#closing) throw disposed()
  }

  /** A run of its own, for calls of the host. */
  async open(call: CallOptions, what: string): Promise<Run> {
    checkCall(call, what)
    const runtime = await this.runtime()
    return runtime.open(this.runOptions(call))
  }

  runtime(): Promise<ScriptRuntime> {
    return this.use('script-runtime')
  }

  runOptions(call: CallOptions): RunOptions {
    return runOptions(this.options, call, this.#stop.signal)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #start(): Promise<void> {
    refuseFaults(this.kernel)
    await this.kernel.checkSections(Object.keys(this.options.config?.plugins ?? {}))
    await this.kernel.start()
  }

  async #close(): Promise<void> {
    this.#stop.abort(new SpellError('CANCELLED', 'The runtime was disposed.'))
    await this.#starting?.catch(() => {})
    const failures = await this.kernel.stop('dispose')
    const { logger = SILENT } = this.options
    for (const failure of failures) logger.error(String(failure))
  }
}

const disposed = (): SpellError =>
  new SpellError('KERNEL_STATE', 'The runtime cannot be used: it was disposed.', {
    hint: 'Make a new one with createRuntime.',
  })

/** With a silent logger nobody would be told that what the host named is not there. */
function refuseFaults(kernel: Kernel): void {
  const { plugins, problems } = kernel.report()
  const named = problems.find(
    ({ plugin, code }) =>
      plugin === 'kernel' && ['CONFIG_INVALID', 'PLUGIN_NOT_FOUND', 'INTEGRITY'].includes(code),
  )
  if (named) throw new SpellError(named.code, named.text, { hint: named.hint })
  const gone = plugins.find(
    ({ source, failure }) => source === 'host' && failure && failure.code !== 'PLUGIN_DISABLED',
  )
  if (gone?.failure) throw fromErrorRecord(gone.failure)
}
