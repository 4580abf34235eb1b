import { existsSync } from 'node:fs'
import type { Kernel } from '@llmspell/kernel'
import type { EngineItem } from '@llmspell/sdk'
import { EXIT_CODES } from '../exit.ts'
import { DEFAULT_ISOLATION } from '../isolation.ts'
import { cacheFolder, dataFolder, ownConfigFile } from '../places.ts'
import { failed, type Check } from './check.ts'

/** Node and the machine. The door has refused a Node that is too old. */
export function machineChecks(): Check[] {
  const { versions, platform, arch, env } = process
  return [
    { name: 'node', state: 'ok', text: `Node ${versions.node} on ${platform}-${arch}` },
    ownConfigCheck(ownConfigFile(env, platform)),
    folderCheck('data', dataFolder(env, platform)),
    folderCheck('cache', cacheFolder(env, platform)),
  ]
}

/** It need not be there. */
function ownConfigCheck(file: string | undefined): Check {
  if (file === undefined) return folderCheck('config', file)
  return existsSync(file)
    ? { name: 'config', state: 'ok', text: file }
    : { name: 'config', state: 'off', text: `${file} is not there: settings of your own go there` }
}

function folderCheck(name: string, folder: string | undefined): Check {
  return folder === undefined
    ? { name, state: 'off', text: 'no home folder is known', hint: 'Set HOME or LLMSPELL_HOME.' }
    : { name, state: 'ok', text: folder }
}

/** Engines and how scripts are kept apart. */
export function engineChecks(kernel: Kernel): Check[] {
  const engines = kernel.extensions.list<EngineItem & Record<string, unknown>>('engines')
  const isolation = `${DEFAULT_ISOLATION} by default, worker with --isolation=worker`
  return [
    enginesCheck(engines.map(engineText)),
    { name: 'isolation', state: 'ok', text: isolation },
  ]
}

function engineText({ name, item }: { readonly name: string; readonly item: EngineItem }): string {
  const how = item.extensions.length > 0 ? item.extensions.join(', ') : `--engine=${name}`
  return `${name} ${item.version} (${how})`
}

function enginesCheck(names: readonly string[]): Check {
  const name = 'engines'
  if (names.length > 0) return { name, state: 'ok', text: names.join(', ') }
  const hint = 'Install an engine plugin.'
  return { name, state: 'fail', text: 'none', hint, exit: EXIT_CODES.unavailable }
}

/** Whether programs can be shut in. */
export async function jailCheck(kernel: Kernel): Promise<Check> {
  const name = 'jail'
  try {
    const { kind, version = '', reason, hint } = await (await kernel.use('jail')).report()
    const said = hint === undefined ? {} : { hint }
    if (kind === 'none') return { name, state: 'off', text: reason ?? 'none', ...said }
    const text = [`${kind} ${version}`.trim(), reason].filter(Boolean).join(': ')
    return { name, state: 'ok', text, ...said }
  } catch (error) {
    return failed(name, error, kernel)
  }
}
