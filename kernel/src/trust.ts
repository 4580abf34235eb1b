import type { Accepted } from './discover-lock.ts'
import type { KernelOptions } from './options.ts'
import { error, type Problem } from './problem.ts'
import type { Finds } from './finds.ts'
import type { Found, PluginRecord } from './record.ts'

type Hosted = KernelOptions['hosted']

/**
 * Says of each plugin that was found who runs its code. Of the plugin folder, only what was accepted
 * is used, and only where it was said how it may run.
 */
export function decideHosts(finds: Finds, accepted: Accepted, hosted: Hosted): Found {
  const records: PluginRecord[] = []
  for (const record of finds.records) {
    const refused = refusal(record, accepted, hosted)
    if (refused) finds.reject('skipped', rowOf(record), [refused])
    else records.push({ ...record, host: hostOf(record, accepted, hosted) })
  }
  return { records, rejected: finds.rejected, problems: finds.problems }
}

function rowOf({ package: name, version, source, root, manifest, contributions }: PluginRecord) {
  const { phase } = manifest
  return { name, version, source, root, phase, hooks: contributions.hooks }
}

function refusal(record: PluginRecord, accepted: Accepted, hosted: Hosted): Problem | undefined {
  const { id, source } = record
  if (source !== 'folder') return undefined
  const entry = accepted.get(id)
  if (!entry) {
    const text = `Plugin '${id}' is in the plugin folder, but was not installed by llmspell: the lock has no entry for it.`
    return refused(id, 'INTEGRITY', text, 'Install it with llmspell, or remove it.')
  }
  if (entry.root !== undefined && typeof entry.files !== 'string') {
    const text = `Plugin '${id}' cannot be compared with what was accepted: the lock has no hash of its files.`
    return refused(id, 'INTEGRITY', text, 'Install it again.')
  }
  // A host that is none is not the absence of one.
  if (entry.trusted === true && entry.host === undefined) return undefined
  if (hostOf(record, accepted, hosted) !== undefined) return undefined
  const text = `Plugin '${id}' was neither given a host nor trusted to run in this process.`
  return refused(id, 'PLUGIN_UNTRUSTED', text, 'Install it again and say how it may run.')
}

/** Other sources than the plugin folder are the host program's own choice, and need no lock. */
function hostOf(record: PluginRecord, accepted: Accepted, hosted: Hosted): string | undefined {
  const { id, source } = record
  const entry = source === 'folder' ? accepted.get(id) : undefined
  return named(hosted?.[id]) ?? record.host ?? named(entry?.host)
}

function named(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function refused(id: string, code: Problem['code'], text: string, hint: string): Problem {
  return error({ plugin: id, code, path: 'plugins.lock.json', text, hint })
}
