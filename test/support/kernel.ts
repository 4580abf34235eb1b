import { join } from 'node:path'
import { createKernel, type InlinePlugin, type Kernel, type KernelConfig } from '@llmspell/kernel'
import type { RunRequest, RunResult, ScriptRuntime } from '@llmspell/sdk'
import { ROOT } from './root.ts'

/** Everything that a script of this repository can use, built. */
export const ALL = [
  'permissions',
  'secrets',
  'plugin-store',
  'files',
  'http',
  'media',
  'sandbox',
  'isolation',
  'artifacts',
  'state',
  'store-level',
  'store-memory',
  'store-sqlite',
  'journal',
  'sessions',
  'budgets',
  'models',
  'provider-replay',
  'provider-mock',
  'language-models',
  'provider-anthropic',
  'provider-google',
  'provider-ollama',
  'provider-openai',
  'provider-openai-compatible',
  'tools',
  'tool-archive',
  'tool-calculator',
  'tool-command',
  'tool-csv',
  'tool-datetime',
  'tool-directory-list',
  'tool-environment',
  'tool-file-read',
  'tool-file-search',
  'tool-file-watch',
  'tool-file-write',
  'tool-hash',
  'tool-http-request',
  'tool-image',
  'tool-json',
  'tool-ocr',
  'tool-system-info',
  'tool-template',
  'tool-text',
  'tool-uuid',
  'tool-web-scrape',
  'agents',
  'code-mode',
  'workflows',
  'hooks',
  'events',
  'engine-lua',
  'script-runtime',
  'script-plugins',
] as const

export interface House extends AsyncDisposable {
  readonly kernel: Kernel
  readonly runtime: ScriptRuntime
  /** Runs a Lua script under the name `test.lua`. */
  lua(source: string, options?: Partial<RunRequest>): Promise<RunResult>
}

/** What is kept lives as long as the house, unless the config says where. */
function withStore(plugins: readonly string[], config: KernelConfig): KernelConfig {
  if (!plugins.includes('store-memory')) return config
  return { ...config, plugins: { state: { store: 'memory' }, ...config.plugins } }
}

/** A started kernel with the named plugins of this repository, and further ones handed over as objects. */
export async function openHouse(
  plugins: readonly string[] = ALL,
  extra: readonly InlinePlugin[] = [],
  config: KernelConfig = {},
): Promise<House> {
  const folders = plugins.map((name) => join(ROOT, 'plugins', name))
  const whole = withStore(plugins, config)
  const kernel = createKernel({ plugins: [...folders, ...extra], config: whole })
  await kernel.start()
  const runtime = await kernel.use('script-runtime')
  return {
    kernel,
    runtime,
    lua: (source, options) => runtime.run({ source, file: 'test.lua', ...options }),
    [Symbol.asyncDispose]: async () => void (await kernel.stop()),
  }
}
