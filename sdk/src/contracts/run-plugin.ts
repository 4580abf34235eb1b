/** A plugin of one file that a run was started with. */
export interface RunPlugin {
  readonly id: string
  /** Absolute. */
  readonly path: string
  /** SHA-256 of the file, in hex. */
  readonly hash: string
}
