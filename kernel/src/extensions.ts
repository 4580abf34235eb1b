import {
  didYouMean,
  type Contribution,
  type ExtensionRegistry,
  type Extensions,
  type Undo,
} from '@llmspell/sdk'
import { failure } from './codes.ts'
import { entryOf } from './entry.ts'
import { inside, readJson } from './files.ts'
import type { Plan } from './plan.ts'
import type { PluginRecord } from './record.ts'

/** What the catalogue needs from the other parts. */
export interface ExtensionParts {
  readonly plan: Plan
  activate(id: string): Promise<void>
}

/** Names from manifests, values from active plugins: the service `extensions`. */
export class ExtensionCatalogue implements ExtensionRegistry {
  readonly #parts: ExtensionParts
  readonly #points = new Map<string, Map<string, Contribution>>()
  readonly #records = new Map<string, PluginRecord>()
  readonly #values = new Map<string, unknown>()
  readonly #documents = new Map<string, unknown>()

  constructor(parts: ExtensionParts) {
    this.#parts = parts
    this.replan()
  }

  /** Takes over the names of the plan as it is; values stay with who registered them. */
  replan(): void {
    for (const map of [this.#points, this.#records, this.#documents]) map.clear()
    for (const record of this.#parts.plan.order) this.#add(record)
  }

  /** Number of values that are registered right now. */
  get size(): number {
    return this.#values.size
  }

  list<Item = Contribution['item']>(point: string): readonly Contribution<Item>[] {
    return [...(this.#points.get(point)?.values() ?? [])] as Contribution<Item>[]
  }

  find<Item = Contribution['item']>(point: string, name: string): Contribution<Item> | undefined {
    return this.#points.get(point)?.get(name) as Contribution<Item> | undefined
  }

  async get<K extends keyof Extensions>(point: K, name: string): Promise<Extensions[K]> {
    const contribution: Contribution | undefined = this.find(point, name)
    if (!contribution) throw this.#unknown(point, name)
    await this.#parts.activate(contribution.plugin)
    const key = keyOf(point, name)
    if (!this.#values.has(key)) throw notRegistered(contribution)
    return this.#values.get(key) as Extensions[K]
  }

  document(contribution: Contribution, field: string): unknown {
    const value = contribution.item[field]
    if (typeof value !== 'string' || !value.startsWith('./')) return value
    const file = this.file(contribution, value)
    if (!this.#documents.has(file)) this.#documents.set(file, this.#read(contribution, field, file))
    return this.#documents.get(file)
  }

  file({ plugin, point, name }: Contribution, path: string): string {
    const record = this.#records.get(plugin)
    const root = record?.root
    if (record && root !== undefined && path === record.manifest.main) return entryOf(record)
    const file = root === undefined ? undefined : inside(root, path)
    if (file !== undefined) return file
    const found = root === undefined ? 'the plugin has no folder' : `'${path}' lies outside`
    const text = `The '${name}' of '${point}' in plugin '${plugin}' names a file: expected one inside its package, but ${found}.`
    throw failure('MANIFEST_INVALID', plugin, 'call', text)
  }

  /** Registers the value of a name that the manifest lists; without effect where another has the name. */
  set(plugin: string, point: string, name: string, value: unknown): Undo {
    if (this.find(point, name)?.plugin !== plugin) return () => undefined
    const key = keyOf(point, name)
    this.#values.set(key, value)
    return () => {
      // The value may be that of the version that followed.
      if (this.#values.get(key) === value) this.#values.delete(key)
    }
  }

  /** Names that the manifest lists and nothing is registered for. Codes and hosts are data and need no value. */
  missing(record: PluginRecord): readonly string[] {
    return [...record.contributions.items]
      .filter(([point]) => point !== 'errors' && point !== 'pluginHosts')
      .flatMap(([point, items]) => items.map(({ name }) => keyOf(point, name)))
      .filter((key) => this.#parts.plan.names.get(key) === record.id && !this.#values.has(key))
  }

  #add(record: PluginRecord): void {
    this.#records.set(record.id, record)
    for (const [point, items] of record.contributions.items) {
      const named = this.#points.get(point) ?? new Map<string, Contribution>()
      this.#points.set(point, named)
      for (const item of items) {
        if (this.#parts.plan.names.get(keyOf(point, item.name)) !== record.id) continue
        named.set(item.name, {
          point,
          name: item.name,
          plugin: record.id,
          version: record.version,
          item,
        })
      }
    }
  }

  #read({ plugin, point, name }: Contribution, field: string, file: string): unknown {
    let found = 'there is none'
    try {
      const value = readJson(file)
      if (value !== undefined) return value
    } catch (error) {
      found = (error as Error).message
    }
    const text = `The '${name}' of '${point}' in plugin '${plugin}' names the file '${file}' as '${field}': expected JSON, but ${found}.`
    throw failure('MANIFEST_INVALID', plugin, 'call', text)
  }

  #unknown(point: string, name: string): Error {
    const named = this.#points.get(point)
    const what = named
      ? `Nothing named '${name}' is contributed to '${point}'.`
      : `Nothing is contributed to the extension point '${point}'.`
    const known = named ? [...named.keys()] : [...this.#points.keys()]
    const shown = known.slice(0, 20).join(', ')
    const hint = didYouMean(named ? name : point, known, shown && `Known: ${shown}.`)
    return failure('CONTRIBUTION_UNKNOWN', 'kernel', 'call', what, { hint })
  }
}

function notRegistered({ plugin, point, name }: Contribution): Error {
  const text = `Plugin '${plugin}' lists '${name}' at '${point}' in its manifest, but did not register it.`
  const hint = `Its setup must call ctx.contribute('${point}', '${name}', …).`
  return failure('CONTRIBUTION_UNKNOWN', plugin, 'call', text, { hint })
}

function keyOf(point: string, name: string): string {
  return `${point}/${name}`
}
