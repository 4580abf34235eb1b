import type { KernelReport } from '@llmspell/kernel'
import type { RunResult, Services, Value, WorkflowDefinition, WorkflowResult } from '@llmspell/sdk'
import type { AgentConfig } from '@llmspell/agents/types'
import { openAgent, type HostAgent } from './agent.ts'
import { checkCall, type CallOptions } from './calls.ts'
import { House } from './house.ts'
import { checkOptions, type RuntimeOptions } from './options.ts'
import { HostEvents, HostModels, HostState } from './parts.ts'
import { engineOf, sourceOf, type Script } from './script.ts'
import { HostTools, type HostTool } from './tools.ts'
import { runWorkflow } from './workflow.ts'

/** What a script gave, with the type that the host knows its value to have. */
export type RunOutcome<T> = Omit<RunResult, 'value'> & { readonly value: T }

/**
 * llmspell inside a program. The first use starts it; `dispose` ends all that is under way and leaves nothing open.
 * A call is granted nothing unless it, or its runtime, says so.
 */
export interface Runtime extends AsyncDisposable {
  /**
   * Runs a script: its text, or `{ source }`, or `{ file }`.
   * @throws SpellError of the failed script, with `where`; CANCELLED, TIMEOUT
   */
  run<T = Value | undefined>(script: string | Script, options?: CallOptions): Promise<RunOutcome<T>>
  /** @throws as `Agent.create` of scripts does */
  agent(config?: AgentConfig, options?: CallOptions): Promise<HostAgent>
  tool(name: string): HostTool
  readonly tools: HostTools
  /**
   * Executes a workflow: a definition, whose functions may be functions of the host, or the path of a file.
   * @throws WORKFLOW_INVALID, WORKFLOW_FAILED with the partial result; CANCELLED, TIMEOUT, BUDGET_EXCEEDED
   */
  workflow(
    definition: WorkflowDefinition | string,
    input?: Value,
    options?: CallOptions,
  ): Promise<WorkflowResult>
  readonly events: HostEvents
  readonly models: HostModels
  readonly state: HostState
  /** A service of any plugin. @throws SERVICE_MISSING, the plugin's failure */
  use<K extends keyof Services>(name: K): Promise<Services[K]>
  /** What was found, what runs, what is wrong. Loads nothing. */
  report(): KernelReport
  /** Cancels what is under way, waits for it, and stops all plugins. Safe to call twice. */
  dispose(): Promise<void>
}

/**
 * Makes a runtime. Nothing is read before its first use; no file is ever needed or written unless an option names one.
 * @throws CONFIG_INVALID for an unknown option, with a suggestion
 *
 * @example
 * await using runtime = createRuntime()
 * const { value } = await runtime.run('return 6 * 7')
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  checkOptions(options)
  return new HostRuntime(new House(options))
}

class HostRuntime implements Runtime {
  readonly tools: HostTools
  readonly events: HostEvents
  readonly models: HostModels
  readonly state: HostState
  readonly #house: House

  constructor(house: House) {
    this.#house = house
    this.tools = new HostTools(house)
    this.events = new HostEvents(house)
    this.models = new HostModels(house)
    this.state = new HostState(house)
  }

  async run<T>(given: string | Script, options: CallOptions = {}): Promise<RunOutcome<T>> {
    const script: Script = {
      ...(typeof given === 'string' ? { source: given } : given),
      ...options,
    }
    checkCall(script, 'run', true)
    const { engine, source: _source, file: _file, isolation, durable, ...call } = script
    const text = sourceOf({ root: this.#house.options.root, ...script } as Script)
    const runtime = await this.#house.runtime()
    const { extensions } = this.#house.kernel
    const result = await runtime.run({
      ...this.#house.runOptions(call),
      ...text,
      ...engineOf(extensions, engine, text.file, this.#house.options.config?.engine),
      ...(isolation === undefined ? {} : { isolation }),
      ...(durable === undefined ? {} : { durable }),
    })
    return result as RunOutcome<T>
  }

  agent(config: AgentConfig = {}, options: CallOptions = {}): Promise<HostAgent> {
    return openAgent(this.#house, config, options)
  }

  tool(name: string): HostTool {
    return this.tools.get(name)
  }

  workflow(
    definition: WorkflowDefinition | string,
    input?: Value,
    options: CallOptions = {},
  ): Promise<WorkflowResult> {
    return runWorkflow(this.#house, definition, input, options)
  }

  use<K extends keyof Services>(name: K): Promise<Services[K]> {
    return this.#house.use(name)
  }

  report(): KernelReport {
    return this.#house.kernel.report()
  }

  dispose(): Promise<void> {
    return this.#house.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }
}
