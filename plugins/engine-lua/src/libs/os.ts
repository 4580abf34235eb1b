import { SpellError, now } from '@llmspell/sdk'
import { dateFields, formatDate, secondsOf } from '@llmspell/sdk/lua'
import { ask } from '../calls.ts'
import type { Core } from '../core.ts'
import { NIL } from '../lua.ts'

/** Pushes `os`: time, date, clock, difftime and getenv, all of the run's own clock and in UTC. */
export function pushOs(core: Core, L: number): void {
  const { api } = core.machine
  const { facts } = core.options
  const opened = now()
  const elapsed = (): number => (facts.clock ? facts.clock.now - facts.startedAt : now() - opened)
  const clock = (): number => Math.floor((facts.startedAt + elapsed()) / 1000)
  api.lua_createtable(L, 0, 5)
  core.setNative(L, 'time', (l) => time(core, l, clock))
  core.setNative(L, 'date', (l) => date(core, l, clock))
  core.setNative(L, 'getenv', (l) => getenv(core, l))
  core.setNative(L, 'clock', (l) => number(core, l, elapsed() / 1000))
  core.setNative(L, 'difftime', (l) =>
    number(core, l, api.lua_tonumberx(l, 1, 0) - api.lua_tonumberx(l, 2, 0)),
  )
}

function number(core: Core, L: number, value: number): number {
  core.machine.api.lua_pushnumber(L, value)
  return 1
}

function given(core: Core, L: number, index: number): boolean {
  const { api } = core.machine
  return api.lua_gettop(L) >= index && api.lua_type(L, index) !== NIL
}

function time(core: Core, L: number, clock: () => number): number {
  const input = given(core, L, 1) ? core.taker.take(L, 1, 'table') : undefined
  if (input !== undefined && (typeof input !== 'object' || input === null)) {
    throw new SpellError('INPUT_INVALID', 'os.time expects a table of date fields or nothing.')
  }
  core.pusher.push(L, input ? secondsOf(input as Record<string, unknown>) : clock())
  return 1
}

function date(core: Core, L: number, clock: () => number): number {
  const given1 = given(core, L, 1) ? core.taker.take(L, 1, 'format') : '%c'
  const seconds = given(core, L, 2) ? core.taker.take(L, 2, 'time') : clock()
  if (typeof given1 !== 'string' || typeof seconds !== 'number') {
    throw new SpellError('INPUT_INVALID', 'os.date expects a format as text and a time as number.')
  }
  const pattern = given1.replace(/^!/, '')
  const at = new Date(Math.floor(seconds) * 1000)
  if (Number.isNaN(+at)) throw new SpellError('INPUT_INVALID', 'os.date got a time out of range.')
  core.pusher.push(L, pattern.startsWith('*t') ? { ...dateFields(at) } : formatDate(pattern, at))
  return 1
}

function getenv(core: Core, L: number): number {
  const name = given(core, L, 1) ? core.taker.take(L, 1, 'name') : undefined
  const call = { module: 'Run', function: 'getenv', args: [name] }
  return ask(core, L, call, (l, value) => core.pusher.push(l, value))
}
