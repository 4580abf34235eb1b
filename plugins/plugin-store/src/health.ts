import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isSpellError, type PluginChecks, type PluginProblem } from '@llmspell/sdk'
import { readSettings, readStoreLock, type Entry } from './lock-file.ts'
import { readJson } from './read-json.ts'
import { isRecord } from './record.ts'
import { strays } from './sweep.ts'
import { verifyEntry } from './verify.ts'

/** What is wrong with the folder itself; nothing is repaired. */
export function health(store: string, checks: PluginChecks): readonly PluginProblem[] {
  try {
    const lock = readStoreLock(store)
    const { linked } = readSettings(store)
    return [
      ...lock.plugins.flatMap((entry) => entryProblems(store, entry, checks)),
      ...lock.previous.filter((entry) => !verifyEntry(store, entry, checks).ok).map(lostProblem),
      ...strays(store, lock).map(strayProblem),
      ...linked.filter((root) => !existsSync(join(root, 'package.json'))).map(linkProblem),
    ]
  } catch (error) {
    if (!isSpellError(error)) throw error
    const { code, message: text, hint } = error
    return [
      {
        severity: 'error',
        plugin: 'plugin-store',
        code,
        path: '',
        text,
        ...(hint ? { hint } : {}),
      },
    ]
  }
}

function entryProblems(store: string, entry: Entry, checks: PluginChecks): PluginProblem[] {
  const { ok, changed, missing, added } = verifyEntry(store, entry, checks)
  const { id, root, package: name } = entry
  const count = changed.length + missing.length + added.length
  const text = `Plugin '${id}' is not the one that was accepted: ${count} files differ.`
  const hint = `See: llmspell plugin verify ${id}`
  const differs: PluginProblem = {
    severity: 'error',
    plugin: id,
    code: 'INTEGRITY',
    path: '',
    text,
    hint,
  }
  return [...(ok ? [] : [differs]), ...sdkProblems(id, name, join(store, root))]
}

/** A copy of the SDK of one's own works, but is loaded beside ours. */
function sdkProblems(id: string, name: string, root: string): PluginProblem[] {
  const json = readJson(join(root, 'package.json'))
  const own =
    isRecord(json) && isRecord(json['dependencies']) && '@llmspell/sdk' in json['dependencies']
  if (!own) return []
  const text = `Plugin '${id}' brings a copy of @llmspell/sdk of its own.`
  const hint = `The author of '${name}' should name it among the peerDependencies.`
  return [
    { severity: 'warning', plugin: id, code: 'MANIFEST_INVALID', path: 'dependencies', text, hint },
  ]
}

function lostProblem({ id, version }: Entry): PluginProblem {
  const text = `Plugin '${id}' cannot be rolled back to ${version}: its files were changed.`
  return { severity: 'warning', plugin: id, code: 'INTEGRITY', path: '', text }
}

function strayProblem(folder: string): PluginProblem {
  const text = `'${folder}' belongs to no plugin: an install was ended before its end.`
  const hint = 'The next install removes it.'
  return {
    severity: 'warning',
    plugin: 'plugin-store',
    code: 'PLUGIN_STORE_FAILED',
    path: folder,
    text,
    hint,
  }
}

function linkProblem(folder: string): PluginProblem {
  const text = `The linked folder '${folder}' has no package.json.`
  const hint = `Take it off: llmspell plugin unlink ${folder}`
  return {
    severity: 'error',
    plugin: 'plugin-store',
    code: 'PLUGIN_NOT_FOUND',
    path: folder,
    text,
    hint,
  }
}
