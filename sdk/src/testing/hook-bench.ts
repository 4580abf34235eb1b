import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { HOST_POINTS } from '../generated/host-points.ts'
import { tappedPoint, type HookPointItem, type Manifest } from '../manifest.ts'
import type { DefinedPlugin, Plugin } from '../plugin.ts'
import type { Services } from '../services.ts'
import type { Awaitable } from '../hooks.ts'
import { violations, type Schema, type Validator } from '../validation.ts'
import { sampleOf } from './sample.ts'
import { testHost, type TestHost } from './test-host.ts'
import { compile, manifestOf } from './tool-bench.ts'

export interface HookSuiteOptions {
  /** Folder of the plugin's package, as a URL with a final slash: `new URL('../', import.meta.url)`. */
  readonly package: URL
  readonly plugin: DefinedPlugin<never>
  /** Stand-ins, or the real things, for what the plugin requires; made anew for each check where it is a function. */
  readonly services?: Partial<Services> | (() => Awaitable<Partial<Services>>)
  /** A section that has it tap all its points; default: the keys that its manifest names, given. */
  readonly config?: object
  /** Points of other plugins than those that come with llmspell. */
  readonly points?: readonly HookPointItem[]
  /** Payloads by point, where those that are made from the schema of the point are not enough. */
  readonly payloads?: Readonly<Record<string, object>>
}

/** A plugin that taps hook points, without a kernel. */
export class HookBench {
  readonly manifest: Manifest
  /** What the manifest lists, with the key of the config where one decides. */
  readonly listed: readonly { readonly point: string; readonly key: string | undefined }[]
  readonly #options: HookSuiteOptions
  readonly #schema: Schema | undefined
  #validate: Promise<Validator> | undefined
  readonly #points: ReadonlyMap<string, HookPointItem>

  constructor(options: HookSuiteOptions) {
    this.#options = options
    this.manifest = manifestOf(options)
    this.listed = (this.manifest.contributes?.hooks ?? []).map((item) => ({
      point: tappedPoint(item),
      key: typeof item === 'string' ? undefined : item.with,
    }))
    const { config } = this.manifest
    const inline = config as Schema | undefined | string
    this.#schema = typeof inline === 'string' ? readJson(new URL(inline, options.package)) : inline
    const own = this.manifest.contributes?.hookPoints ?? []
    const all = [...HOST_POINTS, ...own, ...(options.points ?? [])]
    this.#points = new Map(all.map((point) => [point.name, point]))
  }

  /** @throws TypeError for a point that nobody owns */
  point(name: string): HookPointItem {
    const found = this.#points.get(name)
    if (found) return found
    throw new TypeError(
      `No plugin that is known here owns the hook point '${name}': name it in 'points'.`,
    )
  }

  /** What a tap of the point may get. @param least without all that may be missing */
  payload(name: string, least: boolean): object {
    const given = least ? undefined : this.#options.payloads?.[name]
    return structuredClone(given ?? (sampleOf(this.point(name).payload as Schema, least) as object))
  }

  /** A usual payload with other words, where the schema leaves them open. */
  other(name: string): object {
    const payload = this.payload(name, false) as Readonly<Record<string, unknown>>
    const { properties = {} } = (this.point(name).payload ?? {}) as Schema
    const open = Object.entries(properties as Record<string, Schema>).filter(
      ([key, schema]) => typeof payload[key] === 'string' && Object.keys(schema).every(isOpen),
    )
    return {
      ...payload,
      ...Object.fromEntries(open.map(([key]) => [key, `${payload[key] as string}-2`])),
    }
  }

  /** Sets the plugin up. @param on with the config that has it tap, or with none of the user's */
  async open(on: boolean): Promise<TestHost> {
    const { plugin, services = {}, package: folder } = this.#options
    const given = typeof services === 'function' ? await services() : services
    const parts = { manifest: this.manifest, services: given, root: fileURLToPath(folder) }
    const points = [...this.#points.values()]
    const config = await this.#section(on)
    return testHost(plugin as Plugin, { ...parts, config, points })
  }

  async #section(on: boolean): Promise<object> {
    const section = structuredClone(on ? (this.#options.config ?? this.#given()) : {})
    if (!this.#schema) return section
    this.#validate ??= compile(this.#schema)
    const validate = await this.#validate
    if (validate(section)) return section
    const [first] = violations(validate.errors ?? [], 'config')
    throw new TypeError(`The config is invalid: '${first?.path}': expected ${first?.expected}.`)
  }

  #given(): object {
    const properties = (this.#schema?.['properties'] ?? {}) as Record<string, Schema>
    const keys = this.listed.flatMap(({ key }) => (key === undefined ? [] : [key]))
    return Object.fromEntries(keys.map((key) => [key, givenOf(properties[key] ?? {})]))
  }
}

const isOpen = (key: string): boolean => key === 'type' || key === 'description'

/** A value that counts as given: a default may be the very one that does not. */
function givenOf(schema: Schema): unknown {
  const { default: _, ...rest } = schema
  return sampleOf(rest)
}

function readJson(url: URL): Schema {
  return JSON.parse(readFileSync(fileURLToPath(url), 'utf8')) as Schema
}
