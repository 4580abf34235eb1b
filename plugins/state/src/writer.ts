import { isSpellError, SpellError } from '@llmspell/sdk'
import type {
  CallContext,
  CommitOptions,
  Expect,
  Json,
  Scope,
  StateBackend,
  StateOp,
  Value,
} from '@llmspell/sdk'
import { isOwed, onceOf, ownKey } from './copied.ts'
import { encoded } from './json.ts'
import type { Place } from './points.ts'
import type { Parts } from './reader.ts'
import { checkKey, textOf } from './scope.ts'

const CLEAR_AT_ONCE = 1000

export interface SaveOptions {
  readonly ttlMs?: number | undefined
  /** 0: only where there is nothing. */
  readonly ifVersion?: number | undefined
}

/** What scripts change in the store. In a durable run each change happens once, however often its step is tried. */
export class Writer {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What was written. @throws STATE_CONFLICT, STATE_KEY_INVALID, PERMISSION_DENIED, HOOK_CANCELLED, those of the store */
  async save(
    scope: Scope,
    key: string,
    given: Value,
    options: SaveOptions,
    context: CallContext,
  ): Promise<Value> {
    checkKey(key)
    await this.#parts.guard.require(scope, true, 'save', context)
    const { ttlMs, ifVersion } = options
    let made = false
    const written = await context.step(
      'write',
      async (inner, { idempotencyKey }) => {
        made = true
        const hidden = inner.redact?.(given) ?? given
        const asked = await this.#parts.points.writing({ scope, key, context }, hidden)
        const place = { scope, key: asked.key, context }
        const op = this.#put(place, asked.value!, ttlMs)
        const expect = ifVersion === undefined ? [] : [expecting(place, ifVersion)]
        const once = onceOf(scope, 'write', context, idempotencyKey)
        await this.#commit(place, [op], { expect, ...once })
        return asked.value!
      },
      { effect: 'idempotent' },
    )
    if (!made && isOwed(scope, context))
      await this.#again([this.#put({ scope, key, context }, written, ttlMs)], 'write', context)
    return written
  }

  /** False where there was nothing. */
  async delete(scope: Scope, key: string, context: CallContext): Promise<boolean> {
    checkKey(key)
    await this.#parts.guard.require(scope, true, 'delete', context)
    const look = async (): Promise<string | null> => {
      const made = await this.#parts.points.writing({ scope, key, context })
      const home = (await this.#store()).scope(scope)
      return (await home.get(made.key)) ? made.key : null
    }
    // Looked at in a step of its own: a second try of the change still knows that there was something.
    const found = await context.step('look', look, { effect: 'pure' })
    if (found === null) return false
    await this.#remove(scope, [found], context)
    return true
  }

  /** How many there were. */
  async clear(scope: Scope, context: CallContext): Promise<number> {
    await this.#parts.guard.require(scope, true, 'clear', context)
    let count = 0
    for (;;) {
      const keys = await context.step('look', () => this.#some(scope, context), { effect: 'pure' })
      if (keys.length === 0) return count
      await this.#remove(scope, keys, context)
      count += keys.length
    }
  }

  /** Keys that may go; all of them are asked for before one goes. */
  async #some(scope: Scope, context: CallContext): Promise<readonly string[]> {
    const keys: string[] = []
    const home = (await this.#store()).scope(scope)
    for await (const [key] of home.iterate({ limit: CLEAR_AT_ONCE })) {
      const made = await this.#parts.points.writing({ scope, key, context })
      if (made.key !== key) throw moved(scope, key)
      keys.push(key)
    }
    return keys
  }

  async #remove(scope: Scope, keys: readonly string[], context: CallContext): Promise<void> {
    const ops = keys.map((key) => ({ op: 'delete', scope, key }) as const)
    const change = `delete ${keys[0]}`
    let made = false
    const remove = async (_inner: CallContext, step: { idempotencyKey: string }): Promise<void> => {
      made = true
      const once = onceOf(scope, change, context, step.idempotencyKey)
      const { seq } = await (await this.#store()).commit(ops, once)
      for (const key of keys)
        this.#parts.points.changed({ scope, key, context }, 'delete', Number(seq))
    }
    await context.step('delete', remove, { effect: 'idempotent' })
    if (!made && isOwed(scope, context)) await this.#again(ops, change, context)
  }

  /** What the run that this one is made of has done: nobody is asked and nobody is told once more. */
  async #again(ops: readonly StateOp[], change: string, context: CallContext): Promise<void> {
    await (await this.#store()).commit(ops, { once: ownKey(change, context) })
  }

  #put({ scope, key, context }: Place, given: Value, ttlMs: number | undefined): StateOp {
    const value = encoded(given)
    this.#parts.quota.take(sizeOf(key, value), context)
    const schema = this.#parts.guard.markOf(context)
    return {
      op: 'put',
      scope,
      key,
      value,
      ...(ttlMs === undefined ? {} : { ttlMs }),
      ...(schema === undefined ? {} : { schema }),
    }
  }

  async #commit(place: Place, ops: readonly StateOp[], options: CommitOptions): Promise<void> {
    try {
      const { seq } = await (await this.#store()).commit(ops, options)
      this.#parts.points.changed(place, 'set', Number(seq))
    } catch (error) {
      if (!isConflict(error)) throw error
      const found = Number(
        (await (await this.#store()).scope(place.scope).get(place.key))?.rev ?? 0,
      )
      const expected = options.expect![0]!.rev
      this.#parts.points.conflict(place, expected === 'absent' ? 0 : Number(expected), found)
      throw conflict(place, expected === 'absent' ? 0 : Number(expected), found)
    }
  }

  #store(): Promise<StateBackend> {
    return this.#parts.state.backend()
  }
}

function sizeOf(key: string, value: Json): number {
  return Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(value))
}

function expecting({ scope, key }: Place, version: number): Expect {
  return { scope, key, rev: version === 0 ? 'absent' : BigInt(version) }
}

export function isConflict(error: unknown): boolean {
  return isSpellError(error) && error.code === 'STATE_CONFLICT'
}

function conflict({ scope, key }: Place, expected: number, found: number): SpellError {
  const text = (version: number): string => (version === 0 ? 'nothing' : `version ${version}`)
  return new SpellError(
    'STATE_CONFLICT',
    `'${key}' of '${textOf(scope)}' was changed by somebody else: expected ${text(expected)}, found ${text(found)}.`,
    {
      hint: 'Read it again, compute again, and save again; an update does all three.',
      details: { scope: textOf(scope), key, expected, found },
    },
  )
}

function moved(scope: Scope, key: string): SpellError {
  return new SpellError(
    'HOOK_RESULT_INVALID',
    `A hook at 'state.write' moved '${key}' while '${textOf(scope)}' is cleared: expected the same key.`,
    { hint: 'Cancel the write, or leave the key as it is.' },
  )
}
