import type { Manifest } from '@llmspell/sdk'
import { isRecord } from '../files.ts'
import { invalid, readManifest, type ReadManifest } from '../manifest.ts'
import { error } from '../problem.ts'
import { translate } from './contract-0.1.ts'
import { engineFault } from './engine.ts'
import { contractOf } from './levels.ts'

/** The manifest of a package, and the range of llmspell that it asks for. */
export interface ReadPackage extends ReadManifest {
  /** `engines.llmspell`; empty where there is none. */
  readonly engine: string
}

/**
 * Reads what a package.json says about a plugin, in the words of the level that it was written for.
 * Never throws: what is wrong is in `problems`.
 * @param name what the problems call the plugin while its id is unknown
 */
export function readPackage(json: Readonly<Record<string, unknown>>, name: string): ReadPackage {
  const { llmspell: value } = json
  const engine = engineOf(json)
  const contract = contractOf(engine)
  const read = contract === '0.1' ? readOld(value, name) : readManifest(value, name)
  if (read.manifest || contract !== undefined || engine === '') return { engine, ...read }
  return { engine, problems: [incompatible(value, name, engine)] }
}

/** What `readPackage` gave of this package.json before, when it had nothing to say against it. */
export function sameAgain(json: Readonly<Record<string, unknown>>): ReadPackage {
  const engine = engineOf(json)
  if (contractOf(engine) === '0.1') return readPackage(json, '')
  const manifest = json['llmspell'] as Manifest | undefined
  return { engine, problems: [], ...(manifest ? { manifest } : {}) }
}

function engineOf({ engines }: Readonly<Record<string, unknown>>): string {
  const found = isRecord(engines) ? engines['llmspell'] : undefined
  return typeof found === 'string' ? found : ''
}

function readOld(value: unknown, name: string): ReadManifest {
  const { value: manifest, faults } = translate(value)
  const read = readManifest(manifest, name)
  if (faults.length === 0) return read
  const plugin = idOf(value, name)
  return { problems: [...faults.map((fault) => invalid(plugin, fault)), ...read.problems] }
}

/** A manifest of another level cannot be judged by the schema of this one. */
function incompatible(value: unknown, name: string, engine: string) {
  const plugin = idOf(value, name)
  const fault = engineFault({ id: plugin, package: name, engine })
  const path = 'engines.llmspell'
  return error({ plugin, code: 'PLUGIN_INCOMPATIBLE', path, text: '', ...fault })
}

function idOf(value: unknown, name: string): string {
  return isRecord(value) && typeof value['id'] === 'string' ? value['id'] : name
}
