import type { Entry, Json, Scope, StateBackend, StateManager } from '@llmspell/sdk'
import { didYouMean, SpellError } from '@llmspell/sdk'
import { patiently } from '../kernel/patient.ts'
import { text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { scopeOf, scopeText } from './scope.ts'

export type StoredValue = Json | Uint8Array

/** The state of this installation, its store opened. @throws STATE_UNAVAILABLE where nothing lasts in it */
export async function stateManager(stage: Stage): Promise<StateManager> {
  const state = await stateService(stage)
  await state.backend()
  return state
}

/** The same where it may be damaged. */
export async function stateService(stage: Stage): Promise<StateManager> {
  const kernel = await stage.open(await stage.config())
  const state = await kernel.use('state')
  if (!(await state.damage())) refusePassing(await state.backend())
  return state
}

export async function stateStore(stage: Stage): Promise<StateBackend> {
  return (await stateManager(stage)).backend()
}

/** What a command kept in such a store would be gone when it ends. */
export function refusePassing({ id, capabilities }: StateBackend): void {
  if (capabilities.durability.some((each) => each !== 'none')) return
  throw new SpellError(
    'STATE_UNAVAILABLE',
    `The store '${id}' is of no use here: expected one that lasts, found one that ends with its process.`,
    { hint: "Set 'plugins.state.store' to a store that lasts, such as level or sqlite." },
  )
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
