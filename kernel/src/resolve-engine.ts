import { engineFault } from './compat/engine.ts'
import type { Draft } from './plan.ts'
import { error, warning, type Problem } from './problem.ts'
import type { PluginRecord } from './record.ts'
import { SDK_VERSION } from './version.ts'

/** `engines.llmspell` must pin a major of the SDK contract and hold a level that this kernel keeps. */
export function checkEngine(draft: Draft, record: PluginRecord): void {
  const { id, engine, contract } = record
  if (engine === undefined) return
  const fault = engineFault({ id, package: record.package, engine })
  if (fault) return incompatible(draft, record, fault.text, fault.hint)
  if (contract === '0.1') draft.problems.push(outdated(record))
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

function outdated({ id, package: name, contract }: PluginRecord): Problem {
  const text = `Plugin '${id}' was written for the contract ${contract} and works as it did there; this is ${SDK_VERSION}.`
  const hint = `Update ${name}: the next level of the contract ends ${contract}.`
  const path = 'engines.llmspell'
  return warning({ plugin: id, code: 'PLUGIN_OUTDATED', path, text, hint })
}

function incompatible(draft: Draft, record: PluginRecord, text: string, hint: string): void {
  const path = 'engines.llmspell'
  draft.skip(record, error({ plugin: record.id, code: 'PLUGIN_INCOMPATIBLE', path, text, hint }))
}
