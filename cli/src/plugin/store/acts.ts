import type { PluginChange, PluginStore, StoreResult, VerifiedPlugin } from '@llmspell/sdk'
import { EXIT_CODES } from '../../exit.ts'
import { toJson } from '../../print/envelope.ts'
import { plain } from '../../print/escape.ts'
import { out } from '../../print/output.ts'
import { painter } from '../../print/style.ts'
import { table } from '../../print/table.ts'
import { isOn, text } from '../../run/options.ts'
import type { Stage } from '../../stage.ts'
import { storeOptions } from './consent.ts'

/** The store, in a kernel that shows what is wrong itself: a broken plugin must be removable. */
export async function storeOf(stage: Stage): Promise<PluginStore> {
  const kernel = await stage.examine(await stage.config())
  return kernel.use('plugin-store')
}

const words = ({ parsed }: Stage): readonly string[] => [...parsed.args, ...parsed.rest]

export async function install(stage: Stage): Promise<void> {
  const store = await storeOf(stage)
  told(stage, await store.install(words(stage), storeOptions(stage)))
}

export async function update(stage: Stage): Promise<void> {
  const store = await storeOf(stage)
  told(stage, await store.update(words(stage), storeOptions(stage)))
}

export async function rollback(stage: Stage): Promise<void> {
  const store = await storeOf(stage)
  told(stage, await store.rollback(stage.parsed.args[0]!, storeOptions(stage)))
}

function told(stage: Stage, { changed, plugins, kept }: StoreResult): void {
  if (stage.json) return out(`${toJson({ ok: true, changed, plugins, kept })}\n`)
  for (const { id, why } of kept) out(`${plain(id)} stays: ${plain(why)}\n`)
  if (changed) for (const change of plugins) out(`${changeText(change)}\n`)
  else if (plugins.length > 0) out('Nothing was changed.\n')
}

/** One change that was made, as a sentence. */
export function changeText({ action, id, version, before }: PluginChange): string {
  const name = plain(id)
  if (action === 'rollback')
    return `${name} is back at ${version} (was ${before}, which the next rollback brings back).`
  if (before === undefined) return `${name} ${version} is installed.`
  if (before === version) return `${name} ${version} is installed again.`
  const older = before.localeCompare(version, 'en', { numeric: true }) > 0
  return `${name} is ${older ? 'taken back' : 'updated'}: ${before} → ${version}.`
}

export async function uninstall(stage: Stage): Promise<void> {
  const store = await storeOf(stage)
  const gone = await store.uninstall(words(stage), { force: isOn(stage.parsed, 'force') })
  if (stage.json) return out(`${toJson({ ok: true, uninstalled: gone })}\n`)
  for (const id of gone) out(`${plain(id)} is uninstalled.\n`)
}

export async function search(stage: Stage): Promise<void> {
  const store = await storeOf(stage)
  const limit = Math.min(250, Math.max(1, Number(text(stage.parsed, 'limit') ?? 20) || 20))
  const packages = await store.search(words(stage).join(' '), limit)
  if (stage.json) return out(`${toJson({ ok: true, packages })}\n`)
  if (packages.length === 0) return out('No package with the keyword llmspell-plugin fits.\n')
  const rows = packages.map((row) => [
    row.package,
    row.version,
    row.installed ? 'yes' : '',
    row.description,
  ])
  out(table(['PACKAGE', 'VERSION', 'HERE', 'ABOUT'], rows, painter(process.stdout.isTTY)))
}

export async function link(stage: Stage): Promise<void> {
  const store = await storeOf(stage)
  const id = await store.link(stage.parsed.args[0] ?? '.')
  out(
    stage.json
      ? `${toJson({ ok: true, id })}\n`
      : `${id} is linked: it runs in the process of llmspell.\n`,
  )
}

export async function unlink(stage: Stage): Promise<void> {
  const store = await storeOf(stage)
  const folder = await store.unlink(stage.parsed.args[0] ?? '.')
  out(stage.json ? `${toJson({ ok: true, folder })}\n` : `${plain(folder)} is no longer linked.\n`)
}

export const switching =
  (on: boolean) =>
  async (stage: Stage): Promise<void> => {
    const store = await storeOf(stage)
    const id = stage.parsed.args[0]!
    const changed = await store.switch(id, on)
    const state = on ? 'enabled' : 'disabled'
    if (stage.json) out(`${toJson({ ok: true, id, enabled: on, changed })}\n`)
    else out(`${plain(id)} ${changed ? 'is' : 'was already'} ${state}.\n`)
  }

/** @returns the code of what cannot be used where a file is not the one that was accepted */
export async function verify(stage: Stage): Promise<number> {
  const store = await storeOf(stage)
  const plugins = await store.verify(words(stage))
  const ok = plugins.every((row) => row.ok)
  if (stage.json) out(`${toJson({ ok, plugins })}\n`)
  else if (plugins.length === 0) out('No plugin is installed.\n')
  else for (const row of plugins) out(verifiedText(row))
  return ok ? 0 : EXIT_CODES.unavailable
}

function verifiedText({
  id,
  version,
  ok,
  manifest,
  changed,
  missing,
  added,
}: VerifiedPlugin): string {
  const head = `${ok ? 'ok     ' : 'CHANGED'}  ${plain(id)}@${version}\n`
  const lines = [
    ...(manifest ? ['manifest: not the one that was accepted'] : []),
    ...changed.map((path) => `changed: ${path}`),
    ...missing.map((path) => `missing: ${path}`),
    ...added.map((path) => `added: ${path}`),
  ]
  return head + lines.map((line) => `         ${plain(line)}\n`).join('')
}
