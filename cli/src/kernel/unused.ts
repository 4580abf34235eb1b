import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { KernelReport, PluginReport } from '@llmspell/kernel'

/** A plugin that is installed and cannot be used. */
export interface Unused {
  readonly id: string
  readonly why: string
}

// Switched off by the user, or told when it happened.
const TOLD: readonly string[] = ['PLUGIN_DISABLED']
const BEFORE_CODE: readonly string[] = ['discover', 'resolve']

/** The plugins that the kernel left out, and those of the user that were not built. Loads none. */
export function unusedPlugins({ plugins, problems }: KernelReport): readonly Unused[] {
  const rows = plugins.flatMap((row) => unusedRow(row) ?? [])
  // Such as a lock file that cannot be read.
  const whole = problems.filter(({ plugin, code }) => plugin === 'kernel' && code === 'INTEGRITY')
  return [...rows, ...whole.map(({ plugin, text }) => ({ id: plugin, why: text }))]
}

function unusedRow(row: PluginReport): Unused | undefined {
  const { id, state, failure } = row
  if (failure && BEFORE_CODE.includes(failure.step)) {
    return TOLD.includes(failure.code) ? undefined : { id, why: failure.message }
  }
  const main = state === 'resolved' ? missingMain(row) : undefined
  return main === undefined ? undefined : { id, why: `its entry '${main}' is not there` }
}

/** Only of the user's own plugins: those that come with llmspell are not worth a look at every start. */
function missingMain({ root, source, main }: PluginReport): string | undefined {
  if (root === undefined || main === undefined || source === 'packages') return undefined
  return existsSync(join(root, main)) ? undefined : main
}
