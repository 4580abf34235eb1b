/** One thing that a plugin check has to say. */
export interface Finding {
  readonly level: 'error' | 'warning'
  readonly check: 'manifest' | 'package' | 'pack' | 'permissions' | 'docs' | 'tests'
  readonly text: string
  readonly hint?: string
  /** From the folder of the plugin. */
  readonly file?: string
  readonly line?: number
}
