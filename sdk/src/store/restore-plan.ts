import { isDeepStrictEqual } from 'node:util'
import type { BackupManifest, RestoreMode, RestorePlan } from '../contracts/state-backup.ts'
import type { Entry, StateBackend } from '../contracts/state.ts'
import { opened } from './envelope.ts'
import { placeOf } from './keys.ts'
import type { Place } from './keys.ts'
import type { BackupRow } from './read-backup.ts'

const MOST_CONFLICTS = 20

type Stored = Entry<unknown>

/** Compares a backup with what a store holds, row after row. */
export class RestorePlanner {
  readonly #store: StateBackend
  readonly #scopes: Record<string, number> = {}
  readonly #counts = { entries: 0, deletes: 0, adds: 0, changes: 0, same: 0 }
  readonly #conflicts: Place[] = []
  readonly #gone = new Set<string>()

  constructor(store: StateBackend) {
    this.#store = store
  }

  async visit({ key, envelope }: BackupRow): Promise<void> {
    const place = placeOf(key)!
    const held = await this.#held(place)
    if (!envelope) {
      this.#counts.deletes++
      if (held) this.#gone.add(key.toString('latin1'))
      return
    }
    this.#counts.entries++
    this.#scopes[place.scope.kind] = (this.#scopes[place.scope.kind] ?? 0) + 1
    this.#compare(place, held, opened(envelope))
  }

  /**
   * @param held entries of the store as it is
   * @param fits whether it holds what an increment follows
   */
  plan({ since }: Pick<BackupManifest, 'since'>, held: number, fits: boolean): RestorePlan {
    const whole = since === undefined
    const found = this.#counts.same + this.#counts.changes
    const modes: RestoreMode[] = whole ? ['replace'] : fits ? ['add'] : []
    if (whole && held === 0) modes.unshift('empty-only')
    return {
      ...this.#counts,
      removes: whole ? held - found : this.#gone.size,
      scopes: this.#scopes,
      held,
      conflicts: this.#conflicts,
      modes,
    }
  }

  /** A damaged value is one that would be changed. */
  async #held({ scope, key }: Place): Promise<Stored | undefined> {
    const found = this.#store.scope(scope).get(key)
    return found.catch(() => ({ value: undefined, rev: -1n }))
  }

  #compare(place: Place, held: Stored | undefined, entry: Stored): void {
    if (!held) this.#counts.adds++
    else if (held.rev === entry.rev && isDeepStrictEqual(held.value, entry.value))
      this.#counts.same++
    else {
      this.#counts.changes++
      if (this.#conflicts.length < MOST_CONFLICTS) this.#conflicts.push(place)
    }
  }
}
