import type { SpellError } from '../errors.ts'
import type { MigrateOptions, MigrationReport } from './migration.ts'
import type { StateBackups } from './state-backup.ts'
import type { StateHealth } from './state-health.ts'
import type { StateBackend } from './state.ts'

/** Service `state`: the store of this installation. */
export interface StateManager {
  /** Opened on first use, closed with the kernel. @throws STATE_BUSY, STATE_UNAVAILABLE */
  backend(): Promise<StateBackend>
  /** @throws STATE_UNAVAILABLE where it has no folder */
  backups(): Promise<StateBackups>
  /** Why the store cannot be opened, or is open for reading alone; undefined where it is not known to be damaged. */
  damage(): Promise<SpellError | undefined>
  /**
   * In the place of a damaged store: fills another one, which then takes its place. The damaged one is set aside; where
   * filling fails it stays as it is.
   *
   * @throws STATE_UNAVAILABLE where the kind of store cannot, STATE_BUSY where somebody has it open
   */
  renew(fill: (anew: StateManager) => Promise<unknown>): Promise<{ readonly aside: string }>
  /** What is wrong with the store, and what lies in it. Reads all of it. */
  doctor(options?: { readonly signal?: AbortSignal }): Promise<StateHealth>
  /**
   * Brings data to the versions that the plugins' migrations know, and seals anew what lies under an older key. A
   * backup comes first, unless `backup` is false.
   *
   * @throws STATE_NEWER, STATE_MIGRATION_FAILED
   */
  migrate(
    options?: Omit<MigrateOptions, 'backup'> & { readonly backup?: boolean },
  ): Promise<MigrationReport>
}

declare module '../services.ts' {
  interface Services {
    state: StateManager
  }
}
