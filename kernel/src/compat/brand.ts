import { PLUGIN_BRANDS, type DefinedPlugin, type PluginError } from '@llmspell/sdk'
import { failure } from '../codes.ts'
import type { PluginRecord } from '../record.ts'
import { SDK_VERSION } from '../version.ts'

const BRAND = /^plugin\/\d{1,9}$/

/** The brand of something that some definePlugin made, of whatever level. */
export function brandOf(value: unknown): string | undefined {
  const brand = (value as { readonly $llmspell?: unknown } | null | undefined)?.$llmspell
  return typeof brand === 'string' && BRAND.test(brand) ? brand : undefined
}

/**
 * A plugin of a level that is kept. What was made by the definePlugin before this one must say in
 * its range that it is held to that level: its code counts on promises that only that level makes.
 * @throws PLUGIN_INCOMPATIBLE
 */
export function kept(plugin: DefinedPlugin, record: PluginRecord): DefinedPlugin {
  if (plugin.$llmspell === PLUGIN_BRANDS[0] || record.contract === '0.1') return plugin
  throw foreign(record, plugin.$llmspell)
}

/** The failure of a plugin whose brand does not go with its range, or with any level here. */
export function foreign({ id, package: name, engine }: PluginRecord, brand: string): PluginError {
  const range = engine === undefined ? 'it has no range' : `its range is ${engine}`
  const text = `Plugin '${id}' was made by a definePlugin of another level: expected '${PLUGIN_BRANDS[0]}', found '${brand}', and ${range}.`
  const hint = `Build ${name} with @llmspell/sdk ${SDK_VERSION}, or write the range that it was built for.`
  return failure('PLUGIN_INCOMPATIBLE', id, 'load', text, { hint })
}
