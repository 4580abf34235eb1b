import { isSpellError, SpellError } from '@llmspell/sdk'
import { openedRow, placeOf, rowsOfBackup } from '@llmspell/sdk/store'
import type { BackupRow } from '@llmspell/sdk/store'
import { unmarked, withoutKey } from './errors.ts'
import { isMarker, judged } from './marker.ts'
import type { Marker, Opener } from './marker.ts'
import { sealId, unsealed } from './seal.ts'
import type { SealPlace, Stored } from './seal.ts'

const NAME = 'The backup'

/** Whether a store may take what a backup brings: asked before anything of the store is replaced. */
export interface SourceCheck {
  /** @throws STATE_SEALED, STATE_DAMAGED */
  row(row: BackupRow): void
  /** @throws STATE_SEALED */
  end(): void
}

/** For a store that is not sealed: nothing of a sealed backup could be read there. */
export class PlainCheck implements SourceCheck {
  readonly #whole: boolean

  /** @param whole whether the backup has a mark if it is sealed */
  constructor(whole: boolean) {
    this.#whole = whole
  }

  row(row: BackupRow): void {
    if (!row.envelope) return
    const { scope, key } = placeOf(row.key)!
    const isSealed = this.#whole
      ? isMarker(scope, key)
      : sealId(openedRow(row).entry.value) !== undefined
    if (isSealed) throw withoutKey(NAME)
  }

  end(): void {}
}

/** For a sealed store: the mark is signed, and every value opens. */
export class SealCheck implements SourceCheck {
  readonly #opener: Opener
  /** What counts where the backup brings no mark of its own: it is a part, or an increment. */
  readonly #held: Marker | undefined
  #mark: unknown
  readonly #ids = new Set<string>()
  #isEmpty = true
  #isPlain = false

  constructor(opener: Opener, held?: Marker) {
    this.#opener = opener
    this.#held = held
  }

  row(row: BackupRow): void {
    const place = placeOf(row.key)!
    if (!row.envelope) {
      if (isMarker(place.scope, place.key)) throw unmarked(NAME)
      return
    }
    this.#isEmpty = false
    const { entry } = openedRow(row)
    if (isMarker(place.scope, place.key)) this.#mark = entry.value
    else this.#value(place, entry)
  }

  #value(place: SealPlace, entry: Stored): void {
    const id = sealId(entry.value)
    if (id === undefined) {
      this.#isPlain = true
      return
    }
    this.#ids.add(id)
    asBackup(() => unsealed(entry, place, this.#opener.keys, false))
  }

  /** The mark for a part of a sealed store: it brings none, and all that is in it was sealed. */
  get own(): Marker | undefined {
    if (this.#held || this.#mark !== undefined || this.#isPlain || this.#isEmpty) return undefined
    const [{ id: keyId }] = this.#opener.keys
    const also = [...this.#ids].filter((id) => id !== keyId)
    return { format: 2, keyId, also, plain: false }
  }

  end(): void {
    if (this.own) return
    const value = this.#mark
    const isOwn = value !== undefined || !this.#held
    const { marker } = isOwn
      ? judged({ name: NAME, value, isEmpty: this.#isEmpty }, this.#opener)
      : { marker: this.#held! }
    if (this.#isPlain && !(marker.plain && this.#opener.acceptPlain)) throw unmarked(NAME)
  }
}

/** A seal that does not fit is damage of the backup: the store is whole. */
function asBackup(work: () => unknown): void {
  try {
    work()
  } catch (cause) {
    if (!isSpellError(cause) || cause.code !== 'STATE_DAMAGED') throw cause
    const text = `${NAME} is damaged: ${cause.message}`
    throw new SpellError('STATE_BACKUP_DAMAGED', text, { hint: 'Use another backup.', cause })
  }
}

/** Passes a backup on; its end only where the check lets it, so that nothing is replaced before. */
export function checkedSource(
  source: AsyncIterable<Uint8Array>,
  check: SourceCheck,
): ReadableStream<Uint8Array> {
  return ReadableStream.from(passed(source, check))
}

async function* passed(
  source: AsyncIterable<Uint8Array>,
  check: SourceCheck,
): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = []
  const read = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      waiting.push(chunk)
      yield chunk
    }
  }
  for await (const row of rowsOfBackup(read())) {
    check.row(row)
    // The last chunk may hold the end.
    yield* waiting.splice(0, waiting.length - 1)
  }
  check.end()
  yield* waiting
}
