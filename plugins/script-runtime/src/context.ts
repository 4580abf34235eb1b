import { bareStep } from '@llmspell/sdk'
import type { CallContext, HandleRef, HostCall, NestedCall, Value } from '@llmspell/sdk'
import { nextId, placeHere } from './durable/place.ts'
import { durableStep } from './durable/step.ts'
import type { Origin, Passage } from './passage.ts'
import type { RunScope } from './scope.ts'
import { weight } from './weight.ts'

/** The door, as further calls see it. */
export type Pass = (scope: RunScope, call: HostCall, origin: Origin) => unknown

/** What a handler may know and do: the run's own things, and further calls through the same door. */
export function callContext(pass: Pass, passage: Passage, origin: Origin): CallContext {
  const { scope, seq, life } = passage
  const context: CallContext = {
    runId: scope.id,
    seq,
    actors: origin.actors,
    grants: origin.grants,
    root: scope.root,
    signal: origin.signal,
    settings: scope.options.settings ?? {},
    labels: scope.labels,
    limits: scope.budget.limits,
    ...(origin.budget ? { budget: origin.budget } : {}),
    ...(origin.tools ? { tools: origin.tools } : {}),
    call: async (module, fn, args, nested = {}) =>
      pass(scope, hostCall(module, fn, args, nested), narrowed(origin, nested)),
    handle: (type, object, fields, id) =>
      scope.addHandle(type, object, fields, id ?? lastingId(type.toLowerCase(), passage)),
    resolve: (ref: HandleRef) => scope.resolve(ref.id, ref.type),
    stream: (source) => scope.streams.add(source, lastingId('stream', passage)),
    share: (key, create) => scope.share(key, create),
    ...(scope.options.ask ? { ask: scope.options.ask } : {}),
    conceal: (value, label) => scope.conceal(value, label),
    redact: (value) => scope.redactor.value(value),
    cancel: (reason) => scope.cancel(reason),
    progress: (progress) => scope.progress(progress),
    log: (entry) => scope.log(entry),
    spend: (usage) => {
      passage.cost += usage.cost ?? 0
      scope.spend(usage)
    },
    onEnd: (fn) => scope.onEnd(fn),
    onUndo: (undo) => scope.onUndo(undo),
    ...languageOf(scope),
    hold: (value) => scope.hold(weight(value)),
    step: (name, fn, options) =>
      life
        ? durableStep(
            { run: scope, scope: life.inner, inner: inside(pass, passage) },
            name,
            fn,
            options,
          )
        : bareStep(context, keyOf(passage, name), fn, options),
    ...(life ? { durable: life.inner } : {}),
    ...(life?.recorded ? { recorded: life.recorded } : {}),
  }
  return context
}

function languageOf({ facts }: RunScope): { readonly language?: string } {
  const engine = facts['engine'] as { readonly language?: string } | undefined
  return engine?.language === undefined ? {} : { language: engine.language }
}

/** The same call as it stands inside a step: what it calls is part of that. */
function inside(pass: Pass, { life: _life, ...passage }: Passage): CallContext {
  return callContext(pass, passage, { ...passage.origin, durable: undefined })
}

/** In durable runs an id comes from the place of the call, so that what was recorded of it is found in every life. */
function lastingId(kind: string, { life }: Passage): string | undefined {
  return life && `${kind}_${nextId(life.inner)}`
}

/** Tells a step from all others of all runs; in a step of a durable run from the others of that. */
function keyOf({ scope, seq }: Passage, name: string): string {
  const here = scope.life && placeHere()
  return here?.step ? `${here.step.idempotencyKey}/${here.count++}` : `${scope.id}/${seq}/${name}`
}

/** A script's own calls: nobody acts for it, and the command line is the only holder. */
export function scriptOrigin(scope: RunScope): Origin {
  const { grants, signal, life } = scope
  return { actors: [], grants, signal, raw: false, ...(life ? { durable: life.main } : {}) }
}

/** A host's own call, as the door takes it. */
export function hostPass(
  origin: Origin,
  module: string,
  fn: string,
  args: readonly unknown[],
  options: NestedCall,
): [HostCall, Origin] {
  return [hostCall(module, fn, args, options), narrowed(origin, options)]
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

function narrowed(
  origin: Origin,
  { actor, grant, signal, budget, tools, branch }: NestedCall,
): Origin {
  return {
    budget: budget ?? origin.budget,
    tools,
    actors: actor ? [...origin.actors, actor] : origin.actors,
    grants: grant ? [...origin.grants, ...[grant].flat()] : origin.grants,
    signal: signal ? AbortSignal.any([origin.signal, signal]) : origin.signal,
    raw: true,
    durable: origin.durable,
    branch,
  }
}
