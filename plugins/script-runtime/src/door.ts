import { SpellError, inputInvalid, isDenial, violations, now } from '@llmspell/sdk'
import type {
  CallbackRef,
  CallRecord,
  HookRegistry,
  HostCall,
  HostCallback,
  ScriptFunction,
  Usage,
  Value,
} from '@llmspell/sdk'
import { passDurably } from './durable/calls.ts'
import { placeHere } from './durable/place.ts'
import type { Noted, Serving } from './durable/serving.ts'
import { ScriptCallback } from './callback.ts'
import { Limits } from './limits.ts'
import { callContext } from './context.ts'
import type { Pass } from './context.ts'
import { after, isLater } from './maybe.ts'
import type { Knowledge, ModuleCatalogue, Target } from './modules.ts'
import { facts, subject } from './passage.ts'
import type { Origin, Passage } from './passage.ts'
import { record } from './record.ts'
import { encode, isStream, revive } from './references.ts'
import type { RunScope } from './scope.ts'

/** The one door: permission → budget → hooks → journal → handler, for scripts, agents and hosts alike. */
export class Door implements Serving {
  readonly #modules: ModuleCatalogue
  readonly #guard
  readonly #done
  readonly limits: Limits

  constructor(modules: ModuleCatalogue, hooks: HookRegistry) {
    this.#modules = modules
    this.#guard = hooks.point('call.guard')
    this.#done = hooks.point('call.done')
    this.limits = new Limits(hooks.point('run.limit'))
  }

  readonly #pass: Pass = (scope, call, origin) => this.pass(scope, call, origin)

  /**
   * What the handler gave; later where anything has to be waited for.
   * @throws the SpellError of whatever said no
   */
  pass(scope: RunScope, call: HostCall, origin: Origin): unknown {
    scope.check()
    const passage = { scope, origin, call, seq: scope.budget.call(), startedAt: now(), cost: 0 }
    return origin.durable === undefined ? this.serve(passage) : this.#journaled(passage)
  }

  /** Before a durable run: guards that wake in the middle would stand in the journal of one life and not of the next. */
  ready(): Promise<void> {
    return this.#guard.ready()
  }

  /** The whole service of a call, in any run. */
  serve(passage: Passage): unknown {
    const { module, function: fn } = passage.call
    return after(this.#modules.target(module, fn), (found) => this.#recorded(passage, found))
  }

  /** Lines for people are told once, and never recorded; what a step calls is part of the step. */
  #journaled(passage: Passage): unknown {
    const { origin, call } = passage
    const inStep = origin.raw && placeHere()?.step !== undefined
    const told = this.know(call.module, call.function)?.description.kind === 'notify'
    if (inStep || told)
      return this.serve({
        ...passage,
        origin: { ...origin, durable: undefined, branch: undefined },
      })
    return passDurably(this, passage, origin.durable!)
  }

  know(module: string, fn: string): Knowledge | undefined {
    try {
      return this.#modules.know(module, fn)
    } catch {
      return undefined
    }
  }

  note(passage: Passage, known: Knowledge | undefined, outcome: Noted): void {
    const secrets = known?.secrets ?? new Set<string>()
    passage.scope.journal.append(record(passage, { secrets }, outcome))
  }

  charge(passage: Passage, usage: Partial<Usage>): void {
    const { scope, origin } = passage
    passage.cost += usage.cost ?? 0
    scope.life?.charge(scope, callContext(this.#pass, passage, origin), usage)
  }

  #recorded(passage: Passage, target: Target): unknown {
    const done = (outcome: Parameters<typeof record>[2]): void => {
      if (!outcome.ok) this.limits.tell(passage.scope, outcome.error, nameOf(passage.call))
      const entry = record(passage, target, outcome)
      passage.scope.journal.append(entry)
      if (this.#done.used && !passage.life?.recorded)
        void this.#done.call(doneFacts(passage, passage.scope.redactor.record(entry)))
    }
    try {
      const result = this.#serve(passage, target)
      if (!isLater(result)) return settle(result, passage, done)
      return result.then(
        (value) => settle(value, passage, done),
        (error: unknown) => fail(error, passage, done),
      )
    } catch (error) {
      return fail(error, passage, done)
    }
  }

  #serve(passage: Passage, target: Target): unknown {
    const named = checkArguments(passage.call, target)
    return after(this.#permitted(passage, target, named), () =>
      after(this.#guarded(passage), () => this.#handle(passage, target, named)),
    )
  }

  /** Functions that say what they need are checked here, once, whoever calls. */
  #permitted(passage: Passage, target: Target, named: Record<string, unknown>): unknown {
    const needs = target.description.needs ?? []
    if (needs.length === 0) return undefined
    return Promise.all(
      needs.map(({ permission, param }) =>
        this.pass(
          passage.scope,
          {
            module: 'Permission',
            function: 'require',
            args: [permission, String(named[param]), subject(passage.call)],
          },
          passage.origin,
        ),
      ),
    )
  }

  /** A composed call of a durable run asks its guards once in the life of the run: they may have a mind of their own. */
  #guarded(passage: Passage): unknown {
    if (!this.#guard.used) return undefined
    const ask = async (): Promise<undefined> => {
      const denial = await this.#guard.call(facts(passage))
      if (isDenial(denial)) throw hookCancelled(subject(passage.call), denial.reason, denial.hint)
    }
    if (!passage.life) return ask()
    const context = callContext(this.#pass, passage, passage.origin)
    return context.step('call.guard', ask, { effect: 'pure' })
  }

  #handle(
    passage: Passage,
    { description, handler }: Target,
    named: Record<string, unknown>,
  ): unknown {
    const { scope, call, origin } = passage
    const callbacks: ScriptCallback[] = []
    const callable = (ref: CallbackRef): HostCallback => {
      const callback = new ScriptCallback(scope, ref)
      callbacks.push(callback)
      return callback.call
    }
    const args = description.params.map((param) => revive(named[param.name], callable)) as never
    const self = call.handle === undefined ? undefined : selfOf(scope, call)
    const context = callContext(this.#pass, passage, origin)
    const result = handler({ args, context, ...(self === undefined ? {} : { self }) })
    return callbacks.length === 0 ? result : after(result, (value) => flushed(callbacks, value))
  }
}

/** Streams are pulled by their id; every other handle is an object of the run. */
function selfOf(scope: RunScope, call: HostCall): unknown {
  if (call.module === 'Stream') return call.handle
  return scope.resolve(call.handle!, call.function.split('.')[0]!)
}

/** The result, once all callbacks have what was meant for them. */
function flushed(callbacks: readonly ScriptCallback[], value: unknown): unknown {
  const waiting = callbacks.filter((callback) => callback.holds)
  if (waiting.length === 0) return value
  return Promise.all(waiting.map((callback) => callback.flush())).then(() => value)
}

function checkArguments(
  call: HostCall,
  { description, validate }: Target,
): Record<string, unknown> {
  const named = byName(call, description)
  if (validate(named)) return named
  throw inputInvalid(subject(call), violations(validate.errors ?? []))
}

function byName(call: HostCall, { params }: ScriptFunction): Record<string, unknown> {
  const { args } = call
  const named: Record<string, unknown> = {}
  for (let i = 0; i < params.length; i++) {
    const arg = args[i]
    if (arg !== undefined && !(arg === null && params[i]!.optional)) named[params[i]!.name] = arg
  }
  for (let i = params.length; i < args.length; i++) {
    if (args[i] !== undefined && args[i] !== null) throw tooMany(call, params.length)
  }
  return named
}

function tooMany(call: HostCall, most: number): SpellError {
  const text = `${subject(call)} takes at most ${most} arguments, found ${call.args.length}.`
  return new SpellError('INPUT_INVALID', text, { hint: 'Leave out the rest.' })
}

function settle(
  value: unknown,
  passage: Passage,
  done: (outcome: { ok: true; value: Value }) => void,
): unknown {
  const { redactor } = passage.scope
  const encoded = redactor.value(encode(value, `result of ${subject(passage.call)}`))
  done({ ok: true, value: encoded ?? null })
  // A stream hides what it has to by itself, chunk by chunk.
  return passage.origin.raw && isStream(value) ? value : encoded
}

function fail(
  error: unknown,
  { scope }: Passage,
  done: (outcome: { ok: false; error: unknown }) => void,
): never {
  const shown = scope.redactor.error(error)
  done({ ok: false, error: shown })
  throw shown
}

const nameOf = ({ module, function: fn }: HostCall): string => `${module}.${fn}`

function doneFacts(passage: Passage, { args, outcome, durationMs }: CallRecord) {
  return { ...facts(passage), args, outcome: outcome as Value, duration_ms: durationMs }
}

function hookCancelled(what: string, reason: string, hint: string | undefined): SpellError {
  return new SpellError('HOOK_CANCELLED', `${what} was cancelled by a hook: ${reason}.`, {
    hint: hint ?? 'Change what the hook objects to.',
    details: { hook: 'call.guard', reason },
  })
}
