import type { HostReply } from '@llmspell/sdk'
import { SpellError, isSpellError } from '@llmspell/sdk'
import { ASYNC_FUNCTIONS, duration, unknownName } from '@llmspell/sdk/lua'
import { ask } from './calls.ts'
import type { Children, Mode } from './children.ts'
import { decide } from './children.ts'
import type { Core } from './core.ts'
import { show } from './libs/output.ts'
import { NIL, REGISTRY } from './lua.ts'
import { runPrelude } from './prelude.ts'
import { ASYNC } from './generated/prelude.ts'
import { KEYS } from './registry.ts'

/** Pushes the table `Async`, which the engine itself provides. Needs protected mode. */
export function pushAsync(core: Core, L: number): void {
  const { api } = core.machine
  const { children } = core
  api.lua_rawgetp(L, REGISTRY, KEYS.host)
  core.setNative(L, 'start', (l) => children.start(l))
  core.setNative(L, 'cancel', (l) => children.cancel(l))
  core.setNative(L, 'sleep', (l) => sleep(core, l))
  core.setNative(L, 'wait', (l) => wait(core, children, l))
  api.lua_createtable(L, 0, 4)
  core.kinds.register(L, { kind: 'task' })
  core.machine.text.push(L, 'task_type')
  api.lua_rotate(L, -2, 1)
  api.lua_rawset(L, -3)
  api.lua_settop(L, -2)
  runPrelude(core, L, ASYNC)
  core.pushShared(L, 'async')
  api.lua_createtable(L, 0, 1)
  core.setNative(L, '__index', (l) => unknown(core, l))
  api.lua_setmetatable(L, -2)
}

function unknown(core: Core, L: number): never {
  const key = show(core, L, 2)
  throw unknownName(`Async has no '${key}'.`, key, ASYNC_FUNCTIONS)
}

function sleep(core: Core, L: number): number {
  const ms = duration(core.taker.take(L, 1, 'duration'))
  const call = { module: 'Run', function: 'pause', args: [ms] }
  return ask(core, L, call, (l) => core.machine.api.lua_pushnil(l))
}

/** Arguments: time limit or nil, mode, states. Gives the position of the task that decided, or 0. */
function wait(core: Core, children: Children, L: number): number {
  const { api } = core.machine
  const limit = api.lua_type(L, 1) === NIL ? undefined : duration(core.taker.take(L, 1, 'duration'))
  const mode = core.taker.take(L, 2, 'mode') as Mode
  const group = children.group(L, 3, mode)
  const decided = decide(group)
  if (decided !== undefined) return answer(core, L, decided)
  if (api.lua_isyieldable(L) === 0) throw cannotWait()
  const { ticket, result } = core.driver.wait((l, reply: number | SpellError) => {
    children.unwatch(group)
    if (isSpellError(reply)) throw reply
    return answer(core, l, reply)
  })
  group.done = (position) => core.driver.settle(ticket, position)
  children.watch(group)
  if (limit !== undefined) pause(core, limit, (reply) => core.driver.settle(ticket, reply))
  return result
}

function answer(core: Core, L: number, position: number): number {
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
