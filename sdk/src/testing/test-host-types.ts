import type { ExtensionRegistry, Extensions } from '../extensions.ts'
import type { HookKind, HookOutcome, Hooks, TapOptions, Undo } from '../hooks.ts'
import type { HookPointItem, Manifest } from '../manifest.ts'
import type { Logger, Services } from '../services.ts'
import type { HostTap } from './test-hooks.ts'

export type { HostTap } from './test-hooks.ts'

/** What surrounds the plugin under test. */
export interface TestHostOptions<Config> {
  readonly manifest: Manifest
  /** The section as the plugin gets it: with defaults, as no schema is looked at. */
  readonly config?: Config
  /** What `use` and `find` give. `extensions` and `hooks` are there without being named. */
  readonly services?: Partial<Services>
  /** Kinds of the points of other plugins, so that `call` can call their taps. */
  readonly hooks?: Readonly<Record<string, HookKind>>
  /** Points of other plugins, as their owners declare them. */
  readonly points?: readonly HookPointItem[]
  /** What the service `extensions` has beside the plugin's own: point → name → item and value. */
  readonly extensions?: Readonly<Record<string, Readonly<Record<string, TestContribution>>>>
  /** Folder of the package, for the manifest's `./paths`. */
  readonly root?: string
}

/** A contribution of some other plugin. */
export interface TestContribution {
  readonly item?: Readonly<Record<string, unknown>>
  readonly value?: unknown
}

/** One line of a plugin's logger. */
export interface LogLine {
  readonly level: keyof Logger
  readonly message: string
  readonly data?: object | undefined
}

/** A plugin that has been set up in memory. */
export interface TestHost extends AsyncDisposable {
  readonly log: readonly LogLine[]
  readonly signal: AbortSignal
  /** Every tap of the plugin, by point and stage. */
  readonly taps: readonly HostTap[]
  /** What the plugin provides. @throws SERVICE_MISSING */
  service<K extends keyof Services>(name: K): Services[K]
  /** What the plugin contributes. @throws CONTRIBUTION_UNKNOWN */
  contribution<K extends keyof Extensions>(point: K, name: string): Extensions[K]
  /** Calls the taps of a point, its own or one named in the options. */
  call<K extends keyof Hooks>(point: K, payload: Hooks[K]['payload']): HookOutcome<K>
  /** Taps a point as somebody else would. */
  tap(point: string, fn: (payload: unknown) => unknown, options?: TapOptions): Undo
  readonly extensions: ExtensionRegistry
  /**
   * Disposes the plugin as the kernel does: signal, then undo in reverse order.
   * @throws AggregateError of what failed; Error naming each thing that is left over
   */
  dispose(): Promise<void>
}
