import { SpellError, type PlacedEntry, type Scope, type StateBackend } from '@llmspell/sdk'
import { scopeText } from './scope.ts'
import { notFound, type StoredValue } from './store.ts'

/** What stands at the key of a value that lies in pieces. */
export interface Large {
  readonly stream: string
  readonly size: number
  readonly chunks: number
  readonly sha256: string
}

const PARTS = 4

export function isLarge(value: StoredValue): value is StoredValue & Large {
  const { stream, size, chunks, sha256 } = (value ?? {}) as Partial<Large>
  if (typeof stream !== 'string' || !/^[\da-f]{64}$/.test(String(sha256))) return false
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(chunks)) return false
  return Object.keys(value as object).length === PARTS
}

/** Its bytes, a piece at a time. @throws STATE_NOT_FOUND, STATE_DAMAGED */
export async function* largeBytes(
  store: StateBackend,
  scope: Scope,
  key: string,
): AsyncGenerator<Uint8Array> {
  const { getStream } = await import('@llmspell/sdk/store')
  const bytes = await getStream(store, scope, key)
  if (!bytes) throw await notFound(store, scope, key)
  yield* bytes
}

/** Its pieces lie where no export looks. */
export function tooLargeFor({ scope, key }: PlacedEntry): SpellError {
  const where = scopeText(scope)
  return new SpellError(
    'VALUE_TOO_LARGE',
    `'${key}' of '${where}' cannot be exported: expected a value of one line, found one in pieces.`,
    {
      hint: 'Leave it out with --scope and a prefix; llmspell state backup has all, and state get has its bytes.',
      details: { scope: where, key },
    },
  )
}
