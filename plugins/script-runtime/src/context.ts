import { bareStep } from '@llmspell/sdk'
import type { CallContext, HandleRef, HostCall, NestedCall, Value } from '@llmspell/sdk'
import type { Origin, Passage } from './passage.ts'
import type { RunScope } from './scope.ts'

/** The door, as further calls see it. */
export type Pass = (scope: RunScope, call: HostCall, origin: Origin) => unknown

/** What a handler may know and do: the run's own things, and further calls through the same door. */
export function callContext(pass: Pass, { scope, seq }: Passage, origin: Origin): CallContext {
  const context: CallContext = {
    runId: scope.id,
    seq,
    actors: origin.actors,
    grants: origin.grants,
    root: scope.root,
    signal: origin.signal,
    settings: scope.options.settings ?? {},
    limits: scope.budget.limits,
    ...(origin.budget ? { budget: origin.budget } : {}),
    ...(origin.tools ? { tools: origin.tools } : {}),
    call: async (module, fn, args, nested = {}) =>
      pass(scope, hostCall(module, fn, args, nested), narrowed(origin, nested)),
    handle: (type, object, fields, id) => scope.addHandle(type, object, fields, id),
    resolve: (ref: HandleRef) => scope.resolve(ref.id, ref.type),
    stream: (source) => scope.streams.add(source),
    share: (key, create) => scope.share(key, create),
    ...(scope.options.ask ? { ask: scope.options.ask } : {}),
    conceal: (value, label) => scope.conceal(value, label),
    redact: (value) => scope.redactor.value(value),
    cancel: (reason) => scope.cancel(reason),
    progress: (progress) => scope.progress(progress),
    log: (entry) => scope.log(entry),
    spend: (usage) => scope.budget.spend(usage),
    onEnd: (fn) => scope.onEnd(fn),
    step: (name, fn, options) => bareStep(context, `${scope.id}/${seq}/${name}`, fn, options),
  }
  return context
}

/** A script's own calls: nobody acts for it, and the command line is the only holder. */
export function scriptOrigin(scope: RunScope): Origin {
  return { actors: [], grants: scope.grants, signal: scope.signal, raw: false }
}

function hostCall(
  module: string,
  fn: string,
  args: readonly unknown[],
  nested: NestedCall,
): HostCall {
  const copied = args.map((arg) => copy(arg) as Value | undefined)
  return {
    module,
    function: fn,
    args: copied,
    ...(nested.handle ? { handle: nested.handle.id } : {}),
  }
}

/** Defaults are written into what is checked: the caller's own objects stay as they are. */
function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(copy)
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))
}

function narrowed(origin: Origin, { actor, grant, signal, budget, tools }: NestedCall): Origin {
  return {
    budget: budget ?? origin.budget,
    tools,
    actors: actor ? [...origin.actors, actor] : origin.actors,
    grants: grant ? [...origin.grants, grant] : origin.grants,
    signal: signal ? AbortSignal.any([origin.signal, signal]) : origin.signal,
    raw: true,
  }
}
