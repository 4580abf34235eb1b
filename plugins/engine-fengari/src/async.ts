import type { HostReply } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import { ASYNC, duration } from '@llmspell/sdk/lua'
import { ask } from './calls.ts'
import type { Children, Mode } from './children.ts'
import { decide } from './children.ts'
import type { Core } from './core.ts'
import type { LuaState } from './api.ts'
import { NIL } from './api.ts'

/** Pushes the table `Async`, which the engine itself provides. Needs protected mode. */
export function pushAsync(core: Core, L: LuaState): void {
  const { lua } = core.machine
  const { children } = core
  core.host(L)
  core.setNative(L, 'start', (l) => children.start(l))
  core.setNative(L, 'cancel', (l) => children.cancel(l))
  core.setNative(L, 'sleep', (l) => sleep(core, l))
  core.setNative(L, 'wait', (l) => wait(core, children, l))
  lua.lua_createtable(L, 0, 4)
  core.kinds.register(L, { kind: 'task' })
  core.machine.text.push(L, 'task_type')
  lua.lua_rotate(L, -2, 1)
  lua.lua_rawset(L, -3)
  lua.lua_settop(L, -2)
  core.runPrelude(L, ASYNC)
  core.pushShared(L, 'async')
}

function sleep(core: Core, L: LuaState): number {
  const ms = duration(core.taker.take(L, 1, 'duration'))
  const call = { module: 'Run', function: 'pause', args: [ms] }
  return ask(core, L, call, (l) => core.machine.lua.lua_pushnil(l))
}

/** Arguments: time limit or nil, mode, states. Gives the position of the task that decided, or 0. */
function wait(core: Core, children: Children, L: LuaState): number {
  const { lua } = core.machine
  const limit = lua.lua_type(L, 1) === NIL ? undefined : duration(core.taker.take(L, 1, 'duration'))
  const mode = core.taker.take(L, 2, 'mode') as Mode
  const group = children.group(L, 3, mode)
  const decided = decide(group)
  if (decided !== undefined) return answer(core, L, decided)
  if (!lua.lua_isyieldable(L)) throw cannotWait()
  const { wait: waiting, result } = core.driver.wait((l, reply: number | SpellError) => {
    children.unwatch(group)
    if (isSpellError(reply)) throw reply
    return answer(core, l, reply)
  })
  group.done = (position) => core.driver.settle(waiting, position)
  children.watch(group)
  if (limit !== undefined) pause(core, limit, (reply) => core.driver.settle(waiting, reply))
  return result
}

function answer(core: Core, L: LuaState, position: number): number {
  core.pusher.push(L, position)
  return 1
}

function pause(core: Core, ms: number, done: (reply: number | SpellError) => void): void {
  const settle = (reply: HostReply): void => done(reply.ok ? 0 : core.failures.of(reply.error))
  const reply = core.options.call({ module: 'Run', function: 'pause', args: [ms] })
  // Later in any case: the task has not yielded yet.
  void Promise.resolve(reply).then(settle)
}

function cannotWait(): SpellError {
  return new SpellError(
    'WOULD_BLOCK',
    'Async cannot wait inside a comparator, a gsub callback or a metamethod.',
    {
      hint: 'Wait before or after it.',
    },
  )
}
