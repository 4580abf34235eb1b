import type { ExtensionRegistry } from './extensions.ts'
import type { HookPoint, Hooks, Tap, TapOptions, Undo } from './hooks.ts'
import type { Validator } from './validation.ts'
import type { HookKind } from './hooks.ts'

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
}
