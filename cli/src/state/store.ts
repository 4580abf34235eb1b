import type { Entry, Json, Scope, StateBackend } from '@llmspell/sdk'
import { didYouMean, SpellError } from '@llmspell/sdk'
import { patiently } from '../kernel/patient.ts'
import { text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { scopeOf, scopeText } from './scope.ts'

export type StoredValue = Json | Uint8Array

/** The store of this installation, opened. */
export async function stateStore(stage: Stage): Promise<StateBackend> {
  const kernel = await stage.open(await stage.config())
  return (await kernel.use('state')).backend()
}

/** The same for commands that are quick: they wait a little for a store in use. */
export function patientState(stage: Stage): Promise<StateBackend> {
  return patiently(stage, () => stateStore(stage))
}

/** `--scope`, or the one for all. @throws FLAG_INVALID */
export function scopeFlag(stage: Stage): Scope {
  return scopeOf(text(stage.parsed, 'scope') ?? 'global')
}

/** @throws STATE_NOT_FOUND with the nearest key */
export async function entryOf(
  store: StateBackend,
  scope: Scope,
  key: string,
): Promise<Entry<StoredValue>> {
  const entry = await store.scope(scope).get<StoredValue>(key)
  if (entry) return entry
  throw await notFound(store, scope, key)
}

/** Keys that are looked at for the one that was meant. */
const MOST_LOOKED_AT = 1000

export async function notFound(
  store: StateBackend,
  scope: Scope,
  key: string,
): Promise<SpellError> {
  const keys: string[] = []
  for await (const [known] of store.scope(scope).iterate({ limit: MOST_LOOKED_AT }))
    keys.push(known)
  const where = scopeText(scope)
  return new SpellError('STATE_NOT_FOUND', `'${key}' is not kept in '${where}'.`, {
    hint: didYouMean(key, keys, `See what is there: llmspell state list --scope ${where}`),
    details: { scope: where, key },
  })
}
