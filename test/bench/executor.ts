import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createKernel, type Kernel } from '@llmspell/kernel'
import type {
  Durability,
  ExecutorHost,
  Json,
  ReplayReport,
  RunContext,
  WorkflowExecutor,
} from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'

export type Definition = (context: RunContext, input: Json) => Promise<Json>

const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** The executor of runs alone: native definitions, no script, no door. */
export class Desk implements AsyncDisposable {
  readonly executor: WorkflowExecutor
  readonly #kernel: Kernel
  readonly #definitions: Map<string, Definition>
  readonly #stop: AbortController
  #runs = 0

  private constructor(
    executor: WorkflowExecutor,
    kernel: Kernel,
    definitions: Map<string, Definition>,
    stop: AbortController,
  ) {
    this.executor = executor
    this.#kernel = kernel
    this.#definitions = definitions
    this.#stop = stop
  }

  /** In memory without a folder. */
  static async open(folder?: string): Promise<Desk> {
    const store = folder === undefined ? 'memory' : 'level'
    const plugins = ['state', `store-${store}`, 'journal'].map((name) =>
      join(ROOT, 'plugins', name),
    )
    const state = { store, ...(folder === undefined ? {} : { folder }) }
    const kernel = createKernel({ plugins, config: { plugins: { state } } })
    await kernel.start()
    const definitions = new Map<string, Definition>()
    const host: ExecutorHost = {
      runDefinition: ({ name }, context, input) => definitions.get(name)!(context, input),
      invokeRecorded: () => Promise.resolve(),
      logger: SILENT,
    }
    const executor = await kernel.use('workflow-executor')
    const stop = new AbortController()
    await executor.start(host, { signal: stop.signal, recover: false })
    return new Desk(executor, kernel, definitions, stop)
  }

  define(name: string, definition: Definition): void {
    this.#definitions.set(name, definition)
  }

  async submit(name: string, durability: Durability, input: Json = null): Promise<string> {
    const hash = createHash('sha256').update(name).digest('hex')
    const definition = { name, hash, engine: 'native' } as const
    const runId = `${name}-${++this.#runs}`
    await this.executor.submit({ runId, definition, input, durability })
    return runId
  }

  /** @throws where it did not succeed */
  async result(runId: string): Promise<Json> {
    const outcome = await this.executor.result(runId)
    if (outcome.status === 'succeeded') return outcome.value
    throw new Error(`'${runId}' is ${JSON.stringify(outcome)}`)
  }

  async run(name: string, durability: Durability, input: Json = null): Promise<Json> {
    return this.result(await this.submit(name, durability, input))
  }

  replay(runId: string): Promise<ReplayReport> {
    return this.executor.replay(runId)
  }

  async records(runId: string): Promise<number> {
    return (await this.executor.get(runId))?.records ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.executor.stop()
    await this.#kernel.stop()
  }
}
