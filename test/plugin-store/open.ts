import { join } from 'node:path'
import { createKernel, type InlinePlugin, type Kernel } from '@llmspell/kernel'
import type { PluginStore, StoreOptions } from '@llmspell/sdk'
import { ROOT } from '../support/root.ts'

/** A store over a folder, in this process: without the command line, and so without a trial load. */
export interface OpenStore extends AsyncDisposable {
  readonly kernel: Kernel
  readonly store: PluginStore
}

/**
 * @param config further settings of the store
 * @param more further plugins
 */
export async function openStore(
  folder: string,
  config: object = {},
  more: readonly InlinePlugin[] = [],
): Promise<OpenStore> {
  const kernel = createKernel({
    plugins: [join(ROOT, 'plugins', 'plugin-store'), ...more],
    folder,
    config: { plugins: { 'plugin-store': { folder, min_age: 0, ...config } } },
  })
  await kernel.start()
  const store = await kernel.use('plugin-store')
  return { kernel, store, [Symbol.asyncDispose]: async () => void (await kernel.stop()) }
}

/** Says yes to everything. */
export const YES: StoreOptions = { consent: () => Promise.resolve(true), trust: true }
