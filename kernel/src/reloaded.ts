/** What a reload did. */
export interface Reloaded {
  readonly id: string
  /** Milliseconds. */
  readonly ms: number
  /** Plugins that depend on it and were set up anew. */
  readonly dependents: readonly string[]
  /** Those of them that do not start with the new version. */
  readonly failed: readonly string[]
  /** After many reloads: why a new start is due. */
  readonly hint?: string
}
