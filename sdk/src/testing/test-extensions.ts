import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SpellError } from '../errors.ts'
import type { Contribution, ExtensionRegistry, Extensions } from '../extensions.ts'
import type { ContributionItem, Manifest } from '../manifest.ts'

type Others = Readonly<
  Record<string, Readonly<Record<string, { readonly item?: object; readonly value?: unknown }>>>
>

const ABOUT_POINTS = new Set(['hooks', 'hookPoints', 'points'])

/** The service `extensions` in memory: the plugin's own names, and those that the test gives. */
export class TestExtensions implements ExtensionRegistry {
  /** By `point/name`. */
  readonly values = new Map<string, unknown>()
  readonly #own: readonly Contribution[]
  readonly #others: readonly Contribution[]
  readonly #given = new Map<string, unknown>()
  readonly #root: string | undefined

  constructor(options: {
    readonly manifest: Manifest
    readonly extensions?: Others
    readonly root?: string
  }) {
    this.#own = ownOf(options.manifest)
    this.#root = options.root
    this.#others = Object.entries(options.extensions ?? {}).flatMap(([point, names]) =>
      Object.entries(names).map(([name, { item, value }]) => {
        this.#given.set(`${point}/${name}`, value)
        return { point, name, plugin: 'test', item: { name, ...item } }
      }),
    )
  }

  list<Item = Contribution['item']>(point: string): readonly Contribution<Item>[] {
    const all = [...this.#own, ...this.#others].filter((entry) => entry.point === point)
    return all as readonly Contribution<unknown>[] as readonly Contribution<Item>[]
  }

  find<Item = Contribution['item']>(point: string, name: string): Contribution<Item> | undefined {
    return this.list<Item>(point).find((entry) => entry.name === name)
  }

  async get<K extends keyof Extensions>(point: K, name: string): Promise<Extensions[K]> {
    const key = `${point}/${name}`
    const value = this.values.get(key) ?? this.#given.get(key)
    if (value !== undefined) return value as Extensions[K]
    throw new SpellError(
      'CONTRIBUTION_UNKNOWN',
      `Nothing named '${name}' is contributed to '${point}'.`,
    )
  }

  document(contribution: Contribution, field: string): unknown {
    const value = contribution.item[field]
    if (typeof value !== 'string' || !value.startsWith('./')) return value
    return JSON.parse(readFileSync(this.file(contribution, value), 'utf8')) as unknown
  }

  file({ name }: Contribution, path: string): string {
    if (this.#root !== undefined) return resolve(this.#root, path)
    throw new SpellError(
      'MANIFEST_INVALID',
      `The item '${name}' names '${path}': pass root to testHost.`,
    )
  }

  declares(point: string, name: string): boolean {
    return this.#own.some((entry) => entry.point === point && entry.name === name)
  }

  /** Names of the manifest without a value. Codes are data and have none. */
  missing(): readonly string[] {
    const keys = this.#own.filter((entry) => entry.point !== 'errors').map(keyOf)
    return keys.filter((key) => !this.values.has(key))
  }
}

function ownOf({ id, contributes = {} }: Manifest): readonly Contribution[] {
  const points = Object.entries(contributes).filter(([point]) => !ABOUT_POINTS.has(point))
  return points.flatMap(([point, items]) =>
    (items as readonly ContributionItem[]).map((item) => ({
      point,
      name: item.name,
      plugin: id,
      item,
    })),
  )
}

function keyOf({ point, name }: Contribution): string {
  return `${point}/${name}`
}
