import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { StoreOptions } from '@llmspell/sdk'
import { fail } from './errors.ts'
import { readJson } from './read-json.ts'
import { isRecord } from './record.ts'
import type { Source } from './spec.ts'

/** @throws PLUGIN_SPEC, PLUGIN_INVALID */
export function refuseSource(source: Source, { git = false }: Pick<StoreOptions, 'git'>): void {
  if (source.kind === 'git' && !git) {
    const text = `'${source.from}' is a git address: expected --allow-git, found none.`
    throw fail(
      'PLUGIN_SPEC',
      text,
      'No registry keeps what it had: pass --allow-git if you trust its owner.',
    )
  }
  if (source.kind !== 'path') return
  if (existsSync(source.path)) return refuseFolder(source.path)
  const name = source.path.split(/[\\/]/).at(-1)
  const hint = `Correct the path; without ./ it would be the package '${name}'.`
  throw fail(
    'PLUGIN_SPEC',
    `'${source.from}' cannot be installed: there is no such file or folder.`,
    hint,
  )
}

/** npm would pack whatever is there, and wait for a pipe for ever. @throws PLUGIN_INVALID */
function refuseFolder(path: string): void {
  const info = statSync(path)
  if (info.isFile()) return
  const json = info.isDirectory() ? jsonIn(path) : undefined
  if (isRecord(json) && 'llmspell' in json) return
  const text = `'${path}' is no plugin: expected a package.json with the key llmspell, found none.`
  throw fail('PLUGIN_INVALID', text, 'Name the folder that has the package.json of the plugin.')
}

function jsonIn(folder: string): unknown {
  try {
    return readJson(join(folder, 'package.json'))
  } catch (cause) {
    const text = `'${folder}' is no plugin: expected a package.json that can be read.`
    throw fail('PLUGIN_INVALID', text, (cause as Error).message, cause)
  }
}
