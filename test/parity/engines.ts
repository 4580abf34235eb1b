import { existsSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { KernelConfig } from '@llmspell/kernel'
import type { EngineItem } from '@llmspell/sdk'
import { ALL, openHouse, type House } from '../support/kernel.ts'
import { probePlugin } from '../support/probe.ts'
import { ROOT } from '../support/root.ts'
import { enginesOf } from '../support/script-api.ts'

export type Engine = Pick<EngineItem, 'name' | 'language'>

/** Every engine of this repository that is built. */
function enginePlugins(): readonly string[] {
  return globSync('plugins/engine-*', { cwd: ROOT })
    .filter((folder) => existsSync(join(ROOT, folder, 'dist', 'index.js')))
    .map((folder) => basename(folder))
    .sort()
}

/** A house with every engine, and the probe among the modules. */
export function openAll(config?: KernelConfig): Promise<House> {
  const others = ALL.filter((name) => !name.startsWith('engine-'))
  return openHouse([...others, ...enginePlugins()], [probePlugin().plugin], config)
}

/** The engines, the one that the others are compared with first. */
export async function engines(): Promise<readonly Engine[]> {
  const house = await openAll()
  const found = enginesOf(house)
  await house.kernel.stop()
  const all = found.filter(({ language }) => ['lua', 'javascript'].includes(language))
  return [...all].sort((a, b) => Number(b.name === 'lua') - Number(a.name === 'lua'))
}
