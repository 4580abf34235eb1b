import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { readRegular } from '../regular.ts'

/** What a folder's package.json says. */
export type PackageJson = Readonly<Record<string, unknown>>

const MOST_MIB = 4

/** The package.json of a plugin's folder. @throws PLUGIN_FOLDER_INVALID */
export function readPackage(folder: string): PackageJson {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) throw invalid(folder, 'there is no package.json')
  const json = parsed(readRegular(file, MOST_MIB).toString('utf8'), folder)
  if (!isTable(json)) throw invalid(folder, 'its package.json is no object')
  if (!isTable(json['llmspell'])) throw invalid(folder, "its package.json has no key 'llmspell'")
  return json
}

/** Id of the plugin. @throws PLUGIN_FOLDER_INVALID */
export function idOf(json: PackageJson, folder: string): string {
  const { id } = json['llmspell'] as { readonly id?: unknown }
  if (typeof id === 'string') return id
  throw invalid(folder, "its manifest has no 'id'")
}

/** True where package.json names a source to begin with, so that nothing has to be built. */
export function hasSource(json: PackageJson): boolean {
  const exported = isTable(json['exports']) ? json['exports']['.'] : undefined
  return isTable(exported) && typeof exported['@llmspell/source'] === 'string'
}

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(text: string, folder: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalid(folder, `its package.json is no JSON: ${(cause as Error).message}`)
  }
}

function invalid(folder: string, found: string): SpellError {
  const message = `The folder '${folder}' is no plugin: ${found}.`
  return new SpellError('PLUGIN_FOLDER_INVALID', message, {
    hint: 'Name the folder of a plugin, or start one with: llmspell plugin new NAME --kind KIND',
  })
}
