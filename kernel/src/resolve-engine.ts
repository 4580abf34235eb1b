import type { Draft } from './plan.ts'
import { error } from './problem.ts'
import type { PluginRecord } from './record.ts'
import { pinsMajor, satisfies } from './versions.ts'

/** `engines.llmspell` must pin a major of the SDK contract and hold this kernel's version. */
export function checkEngine(draft: Draft, record: PluginRecord, version: string): void {
  const { id, engine } = record
  if (engine === undefined) return
  const write = `Write "engines": { "llmspell": "^${version}" } in its package.json.`
  if (engine === '')
    return incompatible(
      draft,
      record,
      `Plugin '${id}' does not say which llmspell it needs.`,
      write,
    )
  if (!pinsMajor(engine)) {
    const text = `Plugin '${id}' needs llmspell '${engine}'; expected a range within one major.`
    return incompatible(draft, record, text, write)
  }
  if (satisfies(version, engine)) return
  const text = `Plugin '${id}' needs llmspell ${engine}, this is ${version}.`
  incompatible(
    draft,
    record,
    text,
    `Update llmspell, or install a version of ${record.package} for ${version}.`,
  )
}

/** Unstable API names must be allowed by the host, one by one. */
export function checkProposed(
  draft: Draft,
  record: PluginRecord,
  allowed: readonly string[],
): void {
  const missing = (record.manifest.proposed ?? []).filter((name) => !allowed.includes(name))
  if (missing.length === 0) return
  const names = missing.map((name) => `'${name}'`).join(', ')
  const text = `Plugin '${record.id}' uses the proposed API ${names}, which this host does not allow.`
  incompatible(draft, record, text, `Pass proposed: [${names}] to createKernel.`)
}

function incompatible(draft: Draft, record: PluginRecord, text: string, hint: string): void {
  const path = 'engines.llmspell'
  draft.skip(record, error({ plugin: record.id, code: 'PLUGIN_INCOMPATIBLE', path, text, hint }))
}
