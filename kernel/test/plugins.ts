import {
  definePlugin,
  tappedPoint,
  type HookPoint,
  type Logger,
  type Manifest,
  type PluginContext,
} from '@llmspell/sdk'
import type { InlinePlugin } from '../src/index.ts'
import { recordOf, type PluginRecord } from '../src/record.ts'

/** A context without types of names, for plugins made up by tests. */
export interface LooseContext {
  readonly config: Readonly<Record<string, unknown>>
  readonly logger: Logger
  readonly signal: AbortSignal
  use(name: string): never
  find(name: string): unknown
  provide(name: string, service: unknown): void
  contribute(point: string, name: string, value: unknown): void
  tap(point: string, fn: (payload: never) => unknown, options?: object): void
  defer(dispose: () => unknown): void
}

type Setup = (ctx: LooseContext) => unknown

export type ManifestParts = Partial<Manifest>

export function manifestOf(id: string, parts: ManifestParts = {}): Manifest {
  return { manifest: 1, id, main: './index.js', phase: 'core', ...parts }
}

/** A plugin as an object. Without a setup, it registers what its manifest lists. */
export function inline(id: string, parts: ManifestParts = {}, setup?: Setup): InlinePlugin {
  const manifest = manifestOf(id, parts)
  const run = setup ?? ((ctx: LooseContext) => registerAll(manifest, ctx))
  const plugin = definePlugin({
    setup: async (ctx: PluginContext) => void (await run(ctx as never)),
  })
  return { manifest, plugin }
}

/** A record as discovery would give it. */
export function record(
  id: string,
  parts: ManifestParts = {},
  facts: Partial<PluginRecord> = {},
): PluginRecord {
  return recordOf(manifestOf(id, parts), {
    package: `package-${id}`,
    version: '1.0.0',
    source: 'host',
    root: undefined,
    engine: undefined,
    inline: undefined,
    ...facts,
  })
}

/** A point of a made-up name, as the host has it. */
export function loosePoint(
  kernel: { readonly hooks: { point(name: never): unknown } },
  name: string,
) {
  type Loose = Omit<HookPoint<'kernel.shutdown'>, 'call'> & {
    call(payload: unknown): Promise<unknown>
  }
  return kernel.hooks.point(name as never) as Loose
}

function registerAll({ provides = {}, contributes = {} }: Manifest, ctx: LooseContext): void {
  for (const name of Object.keys(provides)) ctx.provide(name, { name })
  for (const name of (contributes.hooks ?? []).map(tappedPoint)) ctx.tap(name, () => undefined)
  for (const [point, items] of Object.entries(contributes)) {
    if (['hooks', 'hookPoints', 'points', 'errors'].includes(point)) continue
    for (const { name } of items as readonly { name: string }[]) ctx.contribute(point, name, name)
  }
}
