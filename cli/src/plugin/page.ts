import type { PluginReport } from '@llmspell/kernel'
import type { Manifest, PermissionSet } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table } from '../print/table.ts'
import type { PackageFacts } from './manifest.ts'

/** All that a plugin's manifest says, and where the plugin stands, for people. */
export function pluginPage(
  row: PluginReport,
  facts: PackageFacts | undefined,
  paint: Paint,
): string {
  const manifest = facts?.manifest
  const rows = [
    ['package', `${row.package}@${row.version}`],
    ['folder', facts?.folder],
    ['about', facts?.description ?? row.description],
    ['contract', row.contract],
    ['state', `${row.state} (${row.phase}, found in ${row.source})`],
    ['requires', services(manifest?.requires)],
    ['optional', services(manifest?.optional)],
    ['provides', services(manifest?.provides)],
    ...contributions(manifest),
    ['permissions', permissions(manifest?.permissions)],
    ['problem', row.failure && `${row.failure.code}: ${row.failure.message}`],
    ['hint', row.failure?.hint],
  ]
  const shown = rows.filter((pair): pair is [string, string] => Boolean(pair[1]))
  return table([plain(row.id), ''], shown, paint)
}

function services(given: Readonly<Record<string, string>> = {}): string {
  return Object.entries(given)
    .map(([name, range]) => `${name} ${range}`)
    .join(', ')
}

function permissions(given: PermissionSet = {}): string {
  return Object.entries(given)
    .map(([name, values]) => `${name}: ${values.join(' ')}`)
    .join('; ')
}

function contributions(manifest: Manifest | undefined): [string, string][] {
  return Object.entries(manifest?.contributes ?? {}).map(([point, items]) => [point, names(items)])
}

function names(items: unknown): string {
  if (!Array.isArray(items)) return Object.keys(items as object).join(', ')
  return items.map(nameOf).join(', ')
}

/** Hook points are names, or say with which key of the config they are tapped. */
function nameOf(item: unknown): string {
  if (typeof item === 'string') return item
  const { name, point } = item as { readonly name?: unknown; readonly point?: unknown }
  return String(name ?? point)
}
