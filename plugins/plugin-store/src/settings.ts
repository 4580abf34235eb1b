import { join, resolve } from 'node:path'
import { didYouMean, type PluginChecks } from '@llmspell/sdk'
import { fail, problemsError } from './errors.ts'
import { readSettings, writeSettings, type StoreLock } from './lock-file.ts'
import { readJson } from './read-json.ts'
import { isRecord } from './record.ts'

const OWN = 'plugin-store'

/** Adds a folder under development. @throws PLUGIN_NOT_FOUND, PLUGIN_INVALID, PLUGIN_UNUSABLE */
export async function link(
  store: string,
  folder: string,
  lock: StoreLock,
  checks: PluginChecks,
): Promise<string> {
  const root = resolve(folder)
  const { manifest, problems } = readFolder(root, checks)
  if (!manifest) throw problemsError('PLUGIN_INVALID', root, problems)
  const { id } = manifest
  if (lock.plugins.some((entry) => entry.id === id)) {
    const hint = `Uninstall it first: llmspell plugin uninstall ${id}`
    throw fail('PLUGIN_UNUSABLE', `'${root}' cannot be linked: plugin '${id}' is installed.`, hint)
  }
  const settings = readSettings(store)
  const linked = [...new Set([...settings.linked, root])]
  const { plugins } = await checks.trial({ folder: store, linked, disabled: [] })
  const row = plugins.find((one) => one.source === 'linked' && one.root === root)
  const errors =
    row?.problems.filter(({ severity, code }) => severity === 'error' && code !== 'PLUGIN_LOAD') ??
    []
  if (!row?.usable || errors.length > 0) throw problemsError('PLUGIN_UNUSABLE', root, errors)
  await writeSettings(store, { ...settings, linked })
  return id
}

/** Takes a folder off by its id or path. @throws PLUGIN_NOT_FOUND with a suggestion */
export async function unlink(store: string, name: string, checks: PluginChecks): Promise<string> {
  const settings = readSettings(store)
  const ids = new Map(settings.linked.map((root) => [root, idOf(root, checks)]))
  const found = settings.linked.find((root) => root === resolve(name) || ids.get(root) === name)
  if (found === undefined) {
    const known = [...ids.values()].filter((id) => id !== undefined)
    const hint = didYouMean(name, known, 'List them with: llmspell plugin list')
    throw fail('PLUGIN_NOT_FOUND', `'${name}' is not linked.`, hint)
  }
  await writeSettings(store, {
    ...settings,
    linked: settings.linked.filter((root) => root !== found),
  })
  return found
}

/** Switches a plugin on or off, whoever brought it. @throws PLUGIN_NOT_FOUND with a suggestion */
export async function switched(
  store: string,
  id: string,
  on: boolean,
  checks: PluginChecks,
): Promise<boolean> {
  if (id === OWN && !on) {
    const text = `'${OWN}' cannot be switched off: it is what switches plugins on again.`
    throw fail('PLUGIN_NEEDED', text)
  }
  const settings = readSettings(store)
  const { plugins } = await checks.trial({ folder: store, linked: settings.linked, disabled: [] })
  const known = plugins.map((row) => row.id)
  if (!known.includes(id) && !settings.disabled.includes(id)) {
    const hint = didYouMean(id, known, 'List them with: llmspell plugin list')
    throw fail('PLUGIN_NOT_FOUND', `Plugin '${id}' is not there.`, hint)
  }
  if (settings.disabled.includes(id) !== on) return false
  const disabled = on ? settings.disabled.filter((one) => one !== id) : [...settings.disabled, id]
  await writeSettings(store, { ...settings, disabled })
  return true
}

/** What is gone is not switched off any more. */
export async function forget(store: string, ids: readonly string[]): Promise<void> {
  const settings = readSettings(store)
  const disabled = settings.disabled.filter((id) => !ids.includes(id))
  if (disabled.length < settings.disabled.length)
    await writeSettings(store, { ...settings, disabled })
}

function readFolder(root: string, checks: PluginChecks) {
  const json = readJson(join(root, 'package.json'))
  if (isRecord(json)) return checks.read(json)
  const hint = 'Name the folder of a plugin: the one with its package.json.'
  throw fail('PLUGIN_NOT_FOUND', `'${root}' is no plugin: there is no package.json.`, hint)
}

function idOf(root: string, checks: PluginChecks): string | undefined {
  try {
    return readFolder(root, checks).manifest?.id
  } catch {
    return undefined
  }
}
