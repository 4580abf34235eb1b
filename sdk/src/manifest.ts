import type { HookKind } from './hooks.ts'
import type { PluginHostItem } from './plugin-host.ts'
import type { PointResult } from './verdicts.ts'

/** The five phases, in order. A plugin may require services of its own or an earlier phase. */
export const PHASES = ['infrastructure', 'providers', 'core', 'engines', 'globals'] as const
export type Phase = (typeof PHASES)[number]

/** Permission name to scoped values: `{ net: ['https://api.example.com'] }`. */
export type PermissionSet = Readonly<Record<string, readonly string[]>>

/** One item of `contributes.<point>`: a name and whatever must be shown without code. */
export type ContributionItem = { readonly name: string } & Readonly<Record<string, unknown>>

/** One hook point that a plugin owns. */
export interface HookPointItem {
  readonly name: string
  readonly kind: HookKind
  readonly payload?: object
  readonly doc: string
  /** Of an intercept: the verdicts that count. `skip` always does. */
  readonly results?: readonly PointResult[]
  /** Of an intercept: the keys of the payload that `modify` may change; default all. The others say what is decided on. */
  readonly changes?: readonly string[]
  /** Of an intercept: a tap that fails is reported and passed over, instead of failing the operation. */
  readonly failOpen?: boolean
  /** Further names under which scripts know the point. */
  readonly aliases?: readonly string[]
  /** Dotted path of the payload to the name of what the point is about: `tool`. */
  readonly subject?: string
}

/**
 * One item of `contributes.hooks`: a point, or one that is tapped only where the user gives a key of
 * the plugin's config. Without it no call wakes the plugin for that point.
 */
export type TappedPoint = string | { readonly point: string; readonly with: string }

/** The name of the point. */
export function tappedPoint(item: TappedPoint): string {
  return typeof item === 'string' ? item : item.point
}

/** The `llmspell` key of package.json: data only, read without running any code of the plugin. */
export interface Manifest {
  /** Version of this format. */
  readonly manifest: 1
  /** Unique, `^[a-z][a-z0-9-]*$`. */
  readonly id: string
  /** Relative file inside the package. */
  readonly main: string
  readonly phase: Phase
  /** Service name to range of its contract. */
  readonly requires?: Readonly<Record<string, string>>
  readonly optional?: Readonly<Record<string, string>>
  /** Service name to contract version. */
  readonly provides?: Readonly<Record<string, string>>
  readonly contributes?: {
    /** Hook points it taps. */
    readonly hooks?: readonly TappedPoint[]
    /** Hook points it owns. */
    readonly hookPoints?: readonly HookPointItem[]
    /** Extension points it owns: name to JSON Schema of an item (inline or `./path`). */
    readonly points?: Readonly<Record<string, object | string>>
    /** Places that it offers to run other plugins in. */
    readonly pluginHosts?: readonly PluginHostItem[]
    readonly [point: string]: unknown
  }
  /** JSON Schema of its config section, inline or `./path`. */
  readonly config?: object | string
  readonly permissions?: PermissionSet
  readonly activation?: 'startup'
  /** Unstable API names it uses. */
  readonly proposed?: readonly string[]
}
