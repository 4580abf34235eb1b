import type { Value } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import { STREAMS, STREAM_METHODS, unknownName } from '@llmspell/sdk/lua'
import { ask } from './calls.ts'
import type { Core } from './core.ts'
import { show } from './libs/output.ts'
import type { LuaState } from './api.ts'

const loaded = new WeakSet<Core>()

/** Loads the Lua side of streams when the first of them arrives. */
export function streamPrelude(core: Core, L: LuaState): void {
  if (loaded.has(core)) return
  loaded.add(core)
  const { lua } = core.machine
  core.host(L)
  core.setNative(L, 'pull', (l) => pull(core, l))
  core.setNative(L, 'stop', (l) => stop(core, l))
  core.setNative(L, 'unknown_stream', (l) => noMethod(core, l))
  lua.lua_createtable(L, 0, 6)
  core.kinds.registerMark(L, 'stream')
  lua.lua_settop(L, -2)
  core.set(L, 'stream_type', () => core.kinds.pushMark(L, 'stream'))
  lua.lua_settop(L, -2)
  core.runPrelude(L, STREAMS)
}

/** Asks for the next chunks of a stream: as many as wait, at least one or the end. */
function pull(core: Core, L: LuaState): number {
  const handle = core.taker.take(L, 1, 'id') as string
  const module = core.taker.take(L, 2, 'module') as string
  const arrive = (l: LuaState, value: Value | undefined): void =>
    core.pusher.push(l, value, { module })
  return ask(core, L, { module: 'Stream', function: 'next', handle, args: [] }, arrive)
}

function stop(core: Core, L: LuaState): number {
  const handle = core.taker.take(L, 1, 'id') as string
  const call = { module: 'Stream', function: 'cancel', handle, args: [] }
  return ask(core, L, call, (l) => core.machine.lua.lua_pushnil(l))
}

function noMethod(core: Core, L: LuaState): never {
  const key = show(core, L, 1)
  if (key !== '') throw unknownName(`A stream has no '${key}'.`, key, STREAM_METHODS)
  throw new SpellError('INPUT_INVALID', 'A method of a stream was called without its stream.', {
    hint: 'Call it with a colon: stream:next(), not with a dot.',
  })
}
