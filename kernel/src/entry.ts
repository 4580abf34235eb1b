import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inside, isRecord, readJson } from './files.ts'
import type { PluginRecord } from './record.ts'

const { realpathSync } = process.getBuiltinModule('node:fs')

const SOURCE = '@llmspell/source'

/**
 * The file that a plugin begins with. Of a linked one it is the source, where its package.json gives one
 * under the condition `@llmspell/source`: Node strips the types, and nothing has to be built between two edits.
 */
export function entryOf(record: PluginRecord): string {
  return join(record.root as string, mainOf(record))
}

/** The same from the plugin's folder. */
export function mainOf({ root, source, manifest }: PluginRecord): string {
  return (source === 'linked' && sourceOf(root as string)) || manifest.main
}

function sourceOf(root: string): string | undefined {
  const json = readWhole(`${root}/package.json`)
  const exported = isRecord(json) && isRecord(json['exports']) ? json['exports']['.'] : undefined
  const path = isRecord(exported) ? exported[SOURCE] : undefined
  return typeof path === 'string' && inside(root, path) !== undefined ? path : undefined
}

/** Nothing of a file that is half written: discovery says what is wrong with it. */
function readWhole(file: string): unknown {
  try {
    return readJson(file)
  } catch {
    return undefined
  }
}

const MARK = 'llmspell-generation='
/** The folders that were imported anew, as URLs, with their generation; of the process, like its modules. */
const generations = new Map<string, number>()
let count = 0

/** From here on every import of a file in this folder reads it anew. What runs keeps its modules. */
export function renewFolder(root: string): void {
  if (generations.size === 0) process.getBuiltinModule('node:module').registerHooks({ resolve })
  const real = realpathSync(root)
  generations.set(`${pathToFileURL(real).href}/`, ++count)
  const { cache } = process.getBuiltinModule('node:module').createRequire(`${real}/index.js`)
  for (const file of Object.keys(cache)) if (isOwn(file, real + sep)) delete cache[file]
}

/** The address of a file in the newest generation of its folder. */
export function addressOf(file: string): string {
  const { href } = pathToFileURL(file)
  if (generations.size === 0) return href
  const real = pathToFileURL(realpathSync(file)).href
  const root = [...generations.keys()].find((folder) => isOwn(real, folder))
  return root === undefined ? href : `${real}?${MARK}${generations.get(root)}`
}

type Resolve = NonNullable<
  Parameters<(typeof import('node:module'))['registerHooks']>[0]['resolve']
>

/** A module's imports belong to its own generation, however late they come. */
const resolve: Resolve = (specifier, context, next) => {
  const found = next(specifier, context)
  const [parent = '', query] = context.parentURL?.split('?') ?? []
  if (!query?.startsWith(MARK) || found.url.includes('?')) return found
  const root = [...generations.keys()].find((folder) => parent.startsWith(folder))
  const own = root !== undefined && isOwn(found.url, root)
  return own ? { ...found, url: `${found.url}?${query}` } : found
}

function isOwn(path: string, folder: string): boolean {
  return path.startsWith(folder) && !path.includes('node_modules', folder.length)
}
