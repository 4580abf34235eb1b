import type { ExtensionRegistry } from './extensions.ts'
import type { HookKind, HookPoint, Hooks, Tap, TapOptions, Undo } from './hooks.ts'
import type { PluginChecks } from './plugins.ts'
import type { Validator } from './validation.ts'
import type { PointResult } from './verdicts.ts'

export interface Logger {
  trace(message: string, data?: object): void
  debug(message: string, data?: object): void
  info(message: string, data?: object): void
  warn(message: string, data?: object): void
  error(message: string, data?: object): void
}

export interface HookPointInfo {
  readonly name: string
  readonly kind: HookKind
  readonly owner: string
  readonly doc: string
  readonly used: boolean
  /** Verdicts that count, of an intercept; else empty. */
  readonly results: readonly PointResult[]
  /** Keys of the payload that `modify` may change; missing: all. */
  readonly changes?: readonly string[]
  /** True where a tap that fails is passed over. */
  readonly failOpen: boolean
  readonly aliases: readonly string[]
  readonly subject?: string
  /** JSON Schema of what the taps get. */
  readonly payload?: object
}

/** What one call of one tap came to. */
export type TapOutcome =
  | 'went on'
  | 'changed'
  | 'cancelled'
  | 'replaced'
  | 'retry'
  | 'redirected'
  | 'skipped'
  | 'failed'

/** One call of one tap, told when it has ended. */
export interface TapTrace {
  readonly point: string
  readonly kind: HookKind
  readonly owner: string
  readonly label?: string
  readonly ms: number
  readonly outcome: TapOutcome
  /** The run that the payload names. */
  readonly runId?: string
  /** What the tap got: not a copy. */
  readonly before: unknown
  /** What the next tap or the owner gets instead, where the tap changed or replaced it. */
  readonly after?: unknown
  readonly error?: Error
}

/** Kernel service `hooks`: call points you own, tap any point at run time. */
export interface HookRegistry {
  /** @throws HOOK_UNKNOWN with a suggestion; HOOK_UNDECLARED if another plugin owns the point */
  point<K extends keyof Hooks>(name: K): HookPoint<K>
  /** A tap that is not in any manifest, such as a script's. @throws HOOK_UNKNOWN with a suggestion */
  tap<K extends keyof Hooks>(
    name: K,
    fn: Tap<K>,
    options?: TapOptions & { readonly owner?: string },
  ): Undo
  list(): readonly HookPointInfo[]
  /** Tells of every call of every tap from here on. Costs nothing while nobody traces; what `fn` throws is reported. */
  trace(fn: (trace: TapTrace) => void): Undo
  /** What a tap with `tells` tells of its functions to; undefined while nobody traces. */
  tracer(): ((trace: TapTrace) => void) | undefined
}

/** Kernel service `schemas`: validators for schemas that only exist at run time. Loads ajv on first use. */
export interface SchemaCompiler {
  /** @throws SCHEMA_INVALID naming the place that is wrong. Remote `$ref` is refused. */
  compile(schema: object): Promise<Validator>
}

/**
 * Services by name. Owners add theirs by declaration merging:
 * `declare module '@llmspell/sdk' { interface Services { tools: ToolRegistry } }`
 */
export interface Services {
  extensions: ExtensionRegistry
  hooks: HookRegistry
  schemas: SchemaCompiler
  plugins: PluginChecks
}
