import type { HostCall, HostReply, ScriptFunction, ScriptModule, Value } from '@llmspell/sdk'
import { Place } from '@llmspell/sdk/lua'
import type { LuaState } from './api.ts'
import type { Core } from './core.ts'
import type { Native } from './machine.ts'
import type { Arrival } from './push.ts'
import { resultMark } from './results.ts'

/** How one described function is called. */
export interface Signature {
  readonly names: readonly string[]
  readonly places: readonly (Place | undefined)[]
  /** Pushes the value of an answer. */
  readonly arrive: (L: LuaState, value: Value | undefined) => void
}

export function signature(core: Core, module: ScriptModule, fn: ScriptFunction): Signature {
  const defs = module.$defs ?? {}
  const arrival: Arrival = { module: module.name }
  const mark = fn.result && resultMark(core, new Place([fn.result], defs))
  const push = (L: LuaState, value: Value | undefined): void => core.pusher.push(L, value, arrival)
  return {
    names: fn.params.map((param) => param.name),
    places: fn.params.map((param) => new Place([param.schema], defs)),
    arrive: mark ? (L, value) => mark(L, value, push) : push,
  }
}

/** The native of a function of kind `call`. */
export function callNative(core: Core, module: string, name: string, form: Signature): Native {
  return (L) => {
    const args = core.taker.list(L, 1, form.names, form.places)
    return ask(core, L, { module, function: name, args }, form.arrive)
  }
}

/** The native of a function of kind `notify`. */
export function notifyNative(core: Core, module: string, name: string, form: Signature): Native {
  return (L) => {
    const args = core.taker.list(L, 1, form.names, form.places)
    core.options.notify({ module, function: name, args })
    return 0
  }
}

/** Makes one host call: at once, by yielding, or in place where Lua cannot yield. */
export function ask(core: Core, L: LuaState, call: HostCall, arrive: Signature['arrive']): number {
  if (!core.machine.lua.lua_isyieldable(L)) {
    return answer(core, L, core.options.callInPlace(call), arrive)
  }
  const reply = core.options.call(call)
  if (!('then' in reply)) return answer(core, L, reply, arrive)
  const { driver } = core
  const { wait, result } = driver.wait((co, later: HostReply) => answer(core, co, later, arrive))
  reply.then(
    (later) => driver.settle(wait, later),
    () => driver.settle(wait, NO_ANSWER),
  )
  return result
}

const NO_ANSWER: HostReply = {
  ok: false,
  error: { code: 'INTERNAL', message: 'The host did not answer the call.' },
}

function answer(core: Core, L: LuaState, reply: HostReply, arrive: Signature['arrive']): number {
  if (!reply.ok) throw core.failures.of(reply.error)
  arrive(L, reply.value)
  return 1
}
