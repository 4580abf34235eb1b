import type { Kernel, Problem } from '@llmspell/kernel'
import type { PluginProblem, PluginStore, StoredPlugin } from '@llmspell/sdk'
import { toJson } from '../../print/envelope.ts'
import { out } from '../../print/output.ts'
import { painter, type Paint } from '../../print/style.ts'
import { table } from '../../print/table.ts'
import type { Stage } from '../../stage.ts'
import { card, permissionText } from './card.ts'

/** The store where there is one that works: what is listed must not depend on it. */
async function storeIn(kernel: Kernel): Promise<PluginStore | undefined> {
  return kernel.use('plugin-store').catch(() => undefined)
}

/** What is in the plugin folder; nothing where its lock cannot be read, which the doctor tells. */
export async function storedPlugins(kernel: Kernel): Promise<readonly StoredPlugin[]> {
  if (!kernel.list().some(({ source }) => source === 'folder')) return []
  const store = await storeIn(kernel)
  return (await store?.list().catch(() => [])) ?? []
}

/** Installed plugins with what they may do. */
export function storedTable(stored: readonly StoredPlugin[], paint: Paint): string {
  if (stored.length === 0) return ''
  const rows = stored.map(({ id, host, permissions }) => {
    return [id, host ?? 'llmspell', permissionText(permissions) || 'nothing']
  })
  return `\n${table(['INSTALLED', 'RUNS IN', 'MAY'], rows, paint)}`
}

/** What is wrong with the plugin folder itself. */
export async function storeProblems(kernel: Kernel): Promise<readonly Problem[]> {
  const found: readonly PluginProblem[] = (await (await storeIn(kernel))?.health()) ?? []
  return found as readonly Problem[]
}

/** True for what is written like a package that is not here: `name@version`, `@scope/name`, `./folder`. */
export function isSpec(kernel: Kernel, name: string): boolean {
  if (kernel.list().some((row) => row.id === name || row.package === name)) return false
  return /[@/\\]|^\.|^llmspell-plugin-/.test(name)
}

export async function inspectSpec(stage: Stage, kernel: Kernel, spec: string): Promise<void> {
  const change = await (await kernel.use('plugin-store')).look(spec)
  if (stage.json) return out(`${toJson({ ok: true, installed: false, package: change })}\n`)
  out(`${card(change, painter(process.stdout.isTTY))}\nIt is not installed.\n`)
}
