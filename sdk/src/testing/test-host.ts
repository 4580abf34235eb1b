import { SpellError } from '../errors.ts'
import type { Extensions } from '../extensions.ts'
import type { Awaitable, HookOutcome, Hooks, TapOptions, Undo } from '../hooks.ts'
import { tappedPoint, type Manifest } from '../manifest.ts'
import type { Plugin, PluginContext } from '../plugin.ts'
import type { Logger, Services } from '../services.ts'
import { TestExtensions } from './test-extensions.ts'
import { countHandles } from './handles.ts'
import type { LogLine, TestHost, TestHostOptions } from './test-host-types.ts'
import { TestHooks, type HostTap } from './test-hooks.ts'

export type * from './test-host-types.ts'

/**
 * Sets up one plugin in memory, without a kernel: names are checked against the manifest, and
 * everything the manifest lists must be registered. No time limits, no order between plugins.
 * @throws what setup throws; the code of an undeclared name; Error naming what was not registered
 *
 * @example
 * await using host = await testHost(plugin, { manifest, services: { clock } })
 * expect(host.service('greeter').greet()).toBe('hello')
 */
export async function testHost<Config>(
  plugin: Plugin<Config>,
  options: TestHostOptions<Config>,
): Promise<TestHost> {
  const host = new MemoryHost(options as TestHostOptions<unknown>)
  try {
    await plugin.setup(host.context as PluginContext<Config>)
    host.assertComplete()
  } catch (error) {
    await host.dispose().catch(() => undefined)
    throw error
  }
  return host
}

const HANDLES = ['Timeout', 'TCPServerWrap', 'ProcessWrap', 'FSEventWrap']
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const

class MemoryHost implements TestHost {
  readonly log: LogLine[] = []
  readonly context: PluginContext<unknown>
  readonly extensions: TestExtensions
  readonly #manifest: Manifest
  readonly #given: Partial<Services>
  readonly #provided = new Map<string, unknown>()
  readonly #hooks: TestHooks
  readonly #asked = new Set<string>()
  readonly #undo: { readonly label: string; readonly run: () => Awaitable<void> }[] = []
  readonly #controller = new AbortController()
  readonly #handles = countHandles()

  constructor(options: TestHostOptions<unknown>) {
    this.#manifest = options.manifest
    this.#hooks = new TestHooks(options.manifest, options.hooks ?? {}, options.points)
    this.extensions = new TestExtensions(options)
    const hooks = this.#hooks.view((label, undo) => this.#register(label, undo))
    const own = { extensions: this.extensions, hooks }
    this.#given = { ...own, ...options.services }
    this.context = this.#context(options.config ?? {})
  }

  get taps(): readonly HostTap[] {
    return this.#hooks.taps
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  service<K extends keyof Services>(name: K): Services[K] {
    if (this.#provided.has(name)) return this.#provided.get(name) as Services[K]
    throw this.#error('SERVICE_MISSING', `does not provide '${name}'`)
  }

  contribution<K extends keyof Extensions>(point: K, name: string): Extensions[K] {
    const key = `${point}/${name}`
    if (this.extensions.values.has(key)) return this.extensions.values.get(key) as Extensions[K]
    throw this.#error('CONTRIBUTION_UNKNOWN', `does not contribute '${name}' to '${point}'`)
  }

  call<K extends keyof Hooks>(point: K, payload: Hooks[K]['payload']): HookOutcome<K> {
    return this.#hooks.call(point, payload) as HookOutcome<K>
  }

  tap(point: string, fn: (payload: unknown) => unknown, options: TapOptions = {}): Undo {
    return this.#hooks.add(point, fn, { stage: 0, ...options })
  }

  async dispose(): Promise<void> {
    this.#controller.abort(this.#error('PLUGIN_DISPOSED', 'is disposed'))
    const failures: unknown[] = []
    for (let step = this.#undo.pop(); step; step = this.#undo.pop()) {
      try {
        await step.run()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Disposing the plugin failed.')
    // What was closed is gone from the list of open handles one turn of the loop later.
    await new Promise((resolve) => setTimeout(resolve, 1))
    this.#assertClean()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose()
  }

  /** @throws Error naming what the manifest lists and setup did not register */
  assertComplete(): void {
    const { provides = {}, contributes = {} } = this.#manifest
    const missing = [
      ...Object.keys(provides).filter((name) => !this.#provided.has(name)),
      // What depends on the config need not be tapped.
      ...(contributes.hooks ?? [])
        .filter((item) => typeof item === 'string')
        .filter((name) => !this.#asked.has(name)),
      ...this.extensions.missing(),
    ]
    if (missing.length === 0) return
    throw new Error(
      `Plugin '${this.#manifest.id}' lists but did not register: ${missing.join(', ')}.`,
    )
  }

  #context(config: unknown): PluginContext<unknown> {
    return {
      id: this.#manifest.id,
      config: Object.freeze(config),
      logger: this.#logger(),
      signal: this.signal,
      use: (name) => this.#use(name, this.#manifest.requires, true) as never,
      find: (name) => this.#use(name, this.#manifest.optional, false) as never,
      provide: (name, service) => this.#provide(name, service),
      contribute: (point, name, value) => this.#contribute(point, name, value),
      tap: (point, fn, options) => this.#tap(point, fn as (payload: unknown) => unknown, options),
      defer: (run) => this.#register('defer', run),
    }
  }

  #use(name: keyof Services, declared: object = {}, needed: boolean): unknown {
    if (!(name in declared)) throw this.#error('SERVICE_UNDECLARED', `does not declare '${name}'`)
    const service = this.#given[name]
    if (service !== undefined || !needed) return service
    throw this.#error('SERVICE_MISSING', `uses '${name}': pass it as services.${name} to testHost`)
  }

  #provide(name: string, service: unknown): void {
    if (!(name in (this.#manifest.provides ?? {}))) {
      throw this.#error('SERVICE_UNDECLARED', `provides '${name}', which it does not declare`)
    }
    this.#provided.set(name, service)
    this.#register(`provide ${name}`, () => void this.#provided.delete(name))
  }

  #contribute(point: string, name: string, value: unknown): void {
    if (!this.extensions.declares(point, name)) {
      const text = `contributes '${name}' to '${point}', which it does not declare`
      throw this.#error('CONTRIBUTION_UNDECLARED', text)
    }
    const key = `${point}/${name}`
    this.extensions.values.set(key, value)
    this.#register(`contribute ${key}`, () => void this.extensions.values.delete(key))
  }

  #tap(point: string, fn: (payload: unknown) => unknown, options: TapOptions = {}): void {
    if (!(this.#manifest.contributes?.hooks ?? []).map(tappedPoint).includes(point)) {
      throw this.#error('HOOK_UNDECLARED', `taps '${point}', which it does not declare`)
    }
    this.#asked.add(point)
    if (typeof fn !== 'function')
      throw this.#error('TAP_INVALID', `taps '${point}' with no function`)
    this.#register(`tap ${point}`, this.#hooks.add(point, fn, { stage: 0, ...options }))
  }

  #register(label: string, run: () => Awaitable<void>): void {
    if (this.signal.aborted) throw this.#error('PLUGIN_DISPOSED', `called '${label}' after dispose`)
    this.#undo.push({ label, run })
  }

  #assertClean(): void {
    const after = countHandles()
    const left = HANDLES.filter((kind) => (after.get(kind) ?? 0) > (this.#handles.get(kind) ?? 0))
    const taps = this.#hooks.list().filter((point) => point.used)
    const names = [...left, ...taps.map(({ name }) => `taps of '${name}'`)]
    if (names.length === 0) return
    throw new Error(`Plugin '${this.#manifest.id}' leaves over: ${names.join(', ')}.`)
  }

  #logger(): Logger {
    const entries = LEVELS.map((level) => [
      level,
      (message: string, data?: object) => this.log.push({ level, message, data }),
    ])
    return Object.fromEntries(entries) as Logger
  }

  #error(code: string, text: string): SpellError {
    return new SpellError(code, `Plugin '${this.#manifest.id}' ${text}.`)
  }
}
