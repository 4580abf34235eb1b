import { SpellError } from '@llmspell/sdk'
import type { CallContext, HookPoint, HookRegistry, Scope, Value } from '@llmspell/sdk'
import type { StateMigration } from './types.ts'
import { checkKey, textOf } from './scope.ts'

/** A read or a write that is about to happen. */
export interface Place {
  readonly scope: Scope
  readonly key: string
  readonly context: CallContext
}

/** What the taps of a read made of it. */
export type Asked = { readonly key: string } | { readonly replaced: Value }

/** The hook points of state. */
export class Points {
  readonly #read: HookPoint<'state.read'>
  readonly #loaded: HookPoint<'state.loaded'>
  readonly #write: HookPoint<'state.write'>
  readonly #changed: HookPoint<'state.changed'>
  readonly #conflict: HookPoint<'state.conflict'>

  constructor(hooks: HookRegistry) {
    this.#read = hooks.point('state.read')
    this.#loaded = hooks.point('state.loaded')
    this.#write = hooks.point('state.write')
    this.#changed = hooks.point('state.changed')
    this.#conflict = hooks.point('state.conflict')
  }

  /** @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
  async reading(place: Place, op: 'load' | 'exists' | 'list'): Promise<Asked> {
    if (!this.#read.used) return place
    const { data, verdict } = await this.#read.call({ ...factsOf(place), op })
    stay(place, data.scope, 'state.read')
    if (verdict?.type === 'cancel') throw cancelled('read', 'state.read', place, verdict)
    if (verdict?.type === 'replace') return { replaced: verdict.result }
    return { key: op === 'list' ? data.key : checkKey(data.key) }
  }

  /** The value that the reader gets. @throws HOOK_RESULT_INVALID */
  async loaded(place: Place, value: Value): Promise<Value> {
    if (!this.#loaded.used) return value
    const { data } = await this.#loaded.call({ ...factsOf(place), value })
    return data.value
  }

  /** What is written. @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
  async writing(place: Place, value?: Value): Promise<{ key: string; value?: Value }> {
    const given = { key: place.key, ...(value === undefined ? {} : { value }) }
    if (!this.#write.used) return given
    const op = value === undefined ? 'delete' : 'set'
    const { data, verdict } = await this.#write.call({ ...factsOf(place), ...given, op })
    stay(place, data.scope, 'state.write')
    if (verdict?.type === 'cancel') throw cancelled('write', 'state.write', place, verdict)
    const made = value === undefined ? {} : { value: data.value ?? null }
    return { key: checkKey(data.key), ...made }
  }

  changed(place: Place, op: 'set' | 'delete', version: number): void {
    if (this.#changed.used) this.#changed.call({ ...factsOf(place), op, version })
  }

  conflict(place: Place, expected: number, found: number): void {
    if (this.#conflict.used) this.#conflict.call({ ...factsOf(place), expected, found })
  }
}

function factsOf({ scope, key, context: { runId, seq, actors } }: Place) {
  const actor = actors.at(-1)
  const caller = actor ? `${actor.kind} '${actor.name}'` : 'script'
  return { run_id: runId, seq, caller, scope: textOf(scope), key }
}

/** Who may reach a scope was decided before: a tap cannot lead elsewhere. */
function stay({ scope }: Place, given: string, point: string): void {
  if (given === textOf(scope)) return
  throw new SpellError(
    'HOOK_RESULT_INVALID',
    `A hook at '${point}' answered another scope: expected '${textOf(scope)}', found '${given.slice(0, 60)}'.`,
    { hint: 'Change the key or the value, and leave the scope as it is.' },
  )
}

/** @throws HOOK_CANCELLED */
export async function asked(
  point: HookPoint<'state.migration'>,
  payload: StateMigration,
): Promise<void> {
  if (!point.used) return
  const { verdict } = await point.call(payload)
  if (verdict?.type !== 'cancel') return
  throw new SpellError(
    'HOOK_CANCELLED',
    `The migration of '${payload.schema}' was cancelled by a hook: ${verdict.reason}.`,
    {
      hint: verdict.hint ?? 'Change what the hook objects to. Nothing was touched.',
      details: { hook: 'state.migration', reason: verdict.reason },
    },
  )
}

function cancelled(
  verb: string,
  hook: string,
  { scope, key }: Place,
  { reason, hint }: { readonly reason: string; readonly hint?: string },
): SpellError {
  return new SpellError(
    'HOOK_CANCELLED',
    `To ${verb} '${key}' of '${textOf(scope)}' was cancelled by a hook: ${reason}.`,
    { hint: hint ?? 'Change what the hook objects to.', details: { hook, reason } },
  )
}
