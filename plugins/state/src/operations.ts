import { inputDuration } from '@llmspell/sdk'
import type { Awaitable, CallContext, HandleRef, HostCallback, Scope, Value } from '@llmspell/sdk'
import { Reader } from './reader.ts'
import type { Parts } from './reader.ts'
import { textOf } from './scope.ts'
import { update } from './update.ts'
import { Watch } from './watch.ts'
import { Writer } from './writer.ts'

/** One thing that can be done in a scope, whoever names the scope. */
export type Operation = (
  scope: Scope,
  args: never,
  context: CallContext,
) => Awaitable<Value | HandleRef | undefined>

interface SaveOptions {
  readonly ttl?: number | string
  readonly if_version?: number
}

const TTL = [1, 10 * 365 * 24 * 3600 * 1000] as const

type Args<A extends readonly unknown[]> = A

/** All that scripts can do in a scope. */
export function operations(parts: Parts) {
  const [reader, writer] = [new Reader(parts), new Writer(parts)]
  return {
    save: async (scope, [key, value, opts]: Args<[string, Value, SaveOptions?]>, context) => {
      const { ttl, if_version: ifVersion } = opts ?? {}
      const ttlMs = ttl === undefined ? ttl : inputDuration('State.save', 'opts.ttl', ttl, TTL)
      await writer.save(scope, key, value, { ttlMs, ifVersion }, context)
      return undefined
    },
    load: (scope, [key, fallback]: Args<[string, Value?]>, context) =>
      reader.load(scope, key, fallback, context),
    delete: (scope, [key]: Args<[string]>, context) => writer.delete(scope, key, context),
    exists: (scope, [key]: Args<[string]>, context) => reader.exists(scope, key, context),
    version: (scope, [key]: Args<[string]>, context) => reader.version(scope, key, context),
    keys: (scope, [prefix]: Args<[string?]>, context) => reader.keys(scope, prefix ?? '', context),
    all: (scope, _args: Args<[]>, context) => reader.all(scope, context),
    clear: (scope, _args: Args<[]>, context) => writer.clear(scope, context),
    update: (scope, [key, fn]: Args<[string, HostCallback]>, context) =>
      update(reader, writer, { scope, key, fn, context }),
    watch: async (scope, [pattern, fn]: Args<[string, HostCallback]>, context) => {
      await parts.guard.require(scope, false, 'watch', context)
      const store = await parts.state.backend()
      const watch = await Watch.open({ scope, pattern, fn, store, reader, context })
      return context.handle('StateWatch', watch, { pattern, scope: textOf(scope) })
    },
  } satisfies Record<string, Operation>
}
