/**
 * Values by extension point. Owners add theirs by declaration merging:
 * `declare module '@llmspell/sdk' { interface Extensions { tools: Tool } }`
 */
export interface Extensions {
  /** Codes are data: an item of the manifest is all there is, nothing is registered in code. */
  errors: never
}

/** One item of `contributes.<point>` in some plugin's manifest. */
export interface Contribution<Item = Readonly<Record<string, unknown>>> {
  readonly point: string
  readonly name: string
  /** Id of the contributing plugin. */
  readonly plugin: string
  /** Version of its package. */
  readonly version?: string
  /** The item as the manifest has it, `name` included. */
  readonly item: Item
}

/** Kernel service `extensions`. */
export interface ExtensionRegistry {
  /** What the manifests contribute to a point, in the order of the plan. Loads no plugin. */
  list<Item = Readonly<Record<string, unknown>>>(point: string): readonly Contribution<Item>[]
  /** The item of one name, or undefined. Loads no plugin. */
  find<Item = Readonly<Record<string, unknown>>>(
    point: string,
    name: string,
  ): Contribution<Item> | undefined
  /**
   * The contributed value; activates its plugin.
   * @throws CONTRIBUTION_UNKNOWN with a suggestion; the failure of the plugin's activation
   */
  get<K extends keyof Extensions>(point: K, name: string): Promise<Extensions[K]>
  /**
   * The value that a manifest item holds at `field`: inline data as it is; a text that starts with `./`
   * is read as a JSON file inside the plugin's package (once; later calls answer from memory).
   */
  document(contribution: Contribution, field: string): unknown
  /** Absolute path of a file inside the contributing plugin's package. */
  file(contribution: Contribution, path: string): string
}

/** What a code means for the caller; the CLI's exit codes follow it. */
export const ERROR_CLASSES = [
  'usage',
  'input',
  'script',
  'permission',
  'limit',
  'waiting',
  'cancelled',
  'provider',
  'tool',
  'unavailable',
  'internal',
] as const
export type ErrorClass = (typeof ERROR_CLASSES)[number]

/** Item of the point `errors`: one code, why it is raised, and what to do. */
export interface ErrorItem {
  readonly name: string
  readonly class: ErrorClass
  readonly cause: string
  readonly cure: string
}
