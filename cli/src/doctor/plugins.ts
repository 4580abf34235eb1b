import type { Kernel, PluginReport, Problem } from '@llmspell/kernel'
import { failed, type Check } from './check.ts'

const HINT = 'See: llmspell plugin doctor'

/** How many plugins there are, and all that is wrong with any of them, built or not. Loads none. */
export async function pluginChecks(kernel: Kernel): Promise<Check[]> {
  const problems = await kernel.check()
  const rows = kernel.list()
  const told = new Set(rows.map(({ failure }) => failure?.message))
  const untold = problems.filter(({ severity, text }) => severity === 'error' && !told.has(text))
  const bad = rows.filter(({ failure }) => failure !== undefined)
  const ids = new Set([...bad.map(({ id }) => id), ...untold.map(({ plugin }) => plugin)])
  const usable = rows.filter(({ id }) => !ids.has(id)).length
  return [
    { name: 'plugins', state: 'ok', text: `${rows.length} found, ${usable} usable` },
    ...bad.map((row) => rowCheck(row, kernel)),
    ...untold.map((problem) => problemCheck(problem, kernel)),
  ]
}

function rowCheck({ id, state, failure }: PluginReport, kernel: Kernel): Check {
  const name = `plugin ${id}`
  if (failure?.code === 'PLUGIN_DISABLED') return { name, state: 'off', text: failure.message }
  const check = failed(name, failure, kernel, HINT)
  return { ...check, text: `${state}: ${check.text}` }
}

function problemCheck({ plugin, code, text, hint = HINT }: Problem, kernel: Kernel): Check {
  const name = plugin === 'kernel' ? 'config' : `plugin ${plugin}`
  return failed(name, { code, message: text, hint }, kernel)
}
