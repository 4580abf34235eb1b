import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createKernel } from '@llmspell/kernel'
import type { InlinePlugin, Kernel, KernelConfig } from '@llmspell/kernel'
import type { Manifest, RunRequest, RunResult, ScriptRuntime } from '@llmspell/sdk'

const folder = new URL('../../plugins/', import.meta.url)

/** What every tool stands on. */
export const GROUND = ['permissions', 'files', 'tools', 'artifacts', 'script-runtime'] as const

/** Every plugin of this repository but engines of other kinds. */
export function everyPlugin(): string[] {
  return readdirSync(folder).filter((name) => name !== 'engine-fengari')
}

/** A plugin from its sources, so that a test needs no build. */
export function source(name: string): InlinePlugin {
  const root = new URL(`${name}/`, folder)
  const { llmspell } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly llmspell: Manifest
  }
  const plugin = (): Promise<unknown> => import(/* @vite-ignore */ `@llmspell/${name}`)
  return { manifest: llmspell, plugin, root: fileURLToPath(root) }
}

export interface SourceHouse extends AsyncDisposable {
  readonly kernel: Kernel
  readonly runtime: ScriptRuntime
  lua(source: string, options?: Partial<RunRequest>): Promise<RunResult>
  javascript(source: string, options?: Partial<RunRequest>): Promise<RunResult>
}

/** A started kernel over sources. */
export async function sourceHouse(
  names: readonly string[],
  extra: readonly InlinePlugin[] = [],
  config: KernelConfig = {},
): Promise<SourceHouse> {
  const kernel = createKernel({ plugins: [...names.map(source), ...extra], config })
  await kernel.start()
  const runtime = await kernel.use('script-runtime')
  const run =
    (file: string) =>
    (text: string, options: Partial<RunRequest> = {}) =>
      runtime.run({ source: text, file, isolation: 'inline', ...options })
  return {
    kernel,
    runtime,
    lua: run('test.lua'),
    javascript: run('test.js'),
    [Symbol.asyncDispose]: async () => void (await kernel.stop()),
  }
}
