import type { Extensions } from './extensions.ts'
import type { Awaitable, Hooks, Tap, TapOptions } from './hooks.ts'
import type { Logger, Services } from './services.ts'

/** What a plugin gets in `setup`: four facts and six verbs. Every verb is undone on dispose. */
export interface PluginContext<Config = object> {
  readonly id: string
  /** Validated against the manifest's schema, defaults filled in, frozen. */
  readonly config: Readonly<Config>
  /** Named after the plugin. */
  readonly logger: Logger
  /** Aborted on dispose, before the first undo: hand it to fetch, timers, children. */
  readonly signal: AbortSignal
  /** A service listed in `requires`. @throws SERVICE_UNDECLARED */
  use<K extends keyof Services>(name: K): Services[K]
  /** A service listed in `optional`, if it is there. @throws SERVICE_UNDECLARED */
  find<K extends keyof Services>(name: K): Services[K] | undefined
  /** Offers a service listed in `provides`. @throws SERVICE_UNDECLARED */
  provide<K extends keyof Services>(name: K, service: Services[K]): void
  /** Registers a name listed in `contributes.<point>`. @throws CONTRIBUTION_UNDECLARED */
  contribute<K extends keyof Extensions>(point: K, name: string, value: Extensions[K]): void
  /** Listens at a point listed in `contributes.hooks`. @throws HOOK_UNDECLARED */
  tap<K extends keyof Hooks>(point: K, fn: Tap<K>, options?: TapOptions): void
  /** Runs on dispose, last in first out. Write it next to the thing it closes. */
  defer(dispose: () => Awaitable<void>): void
}

export interface Plugin<Config = object> {
  /** Registers things and returns nothing. Limit: 10 s. */
  setup(ctx: PluginContext<Config>): Awaitable<void>
}

/** What marks a plugin: one brand for each level of the contract, the newest first. */
export const PLUGIN_BRANDS = ['plugin/2', 'plugin/1'] as const
export type PluginBrand = (typeof PLUGIN_BRANDS)[number]

export type DefinedPlugin<Config = object> = Plugin<Config> & { readonly $llmspell: PluginBrand }

/**
 * Marks an object as a plugin. Its result is the default export of the manifest's `main`.
 *
 * @example
 * export default definePlugin({
 *   setup(ctx) {
 *     ctx.contribute('tools', 'calculator', calculator)
 *   },
 * })
 */
export function definePlugin<Config = object>(plugin: Plugin<Config>): DefinedPlugin<Config> {
  return { ...plugin, setup: (ctx) => plugin.setup(ctx), $llmspell: PLUGIN_BRANDS[0] }
}

/** True for a plugin of any copy of the SDK, of this level of the contract or the one before. */
export function isPlugin(value: unknown): value is DefinedPlugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    PLUGIN_BRANDS.includes((value as DefinedPlugin).$llmspell)
  )
}
