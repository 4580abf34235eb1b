import type { SpellError } from '@llmspell/sdk'
import type { LuaState, Proxy } from './api.ts'
import type { Core } from './core.ts'
import type { Task } from './task.ts'

/** What a group waits for: the first end; all ends or the first failure; all ends. */
export type Mode = 'any' | 'all' | 'each'

/** A task that a script started. */
interface Child {
  readonly task: Task
  /** The table that takes the outcome. */
  readonly state: Proxy
  readonly groups: Set<Group>
  /** Undefined while it runs. */
  ok: boolean | undefined
  awaited: boolean
}

/** A wait for several tasks. */
export interface Group {
  readonly mode: Mode
  readonly members: readonly Child[]
  /** Called once, with the position of the task that decided, or 0. */
  done: (position: number) => void
}

/** The deciding position, 0 where all have ended, undefined where it goes on. */
export function decide({ mode, members }: Group): number | undefined {
  const position = members.findIndex(({ ok }) => ok === false || (mode === 'any' && ok === true))
  if (position >= 0 && mode !== 'each') return position + 1
  return members.every(({ ok }) => ok !== undefined) ? 0 : undefined
}

/** Tasks that scripts start through `Async`. */
export class Children {
  readonly #core: Core
  readonly #children = new WeakMap<object, Child>()
  /** Failures that nobody has waited for. */
  readonly #unseen = new Map<Child, SpellError>()

  /** Called when there is a failure that nobody has waited for. */
  onUnseen: () => void = () => {}

  constructor(core: Core) {
    this.#core = core
  }

  /** Arguments: whether it ends with its parent, function, arguments. Pushes the state. */
  start(L: LuaState): number {
    const { lua } = this.#core.machine
    const { driver } = this.#core
    const owned = lua.lua_toboolean(L, 1)
    lua.lua_createtable(L, 0, 4)
    const state = lua.lua_toproxy(L, -1)
    const key = lua.lua_topointer(L, -1)!
    lua.lua_rotate(L, 1, 1)
    const task = driver.create(
      L,
      (co) => this.#move(L, co),
      (_, results, error) => this.#ended(child, results, error),
    )
    const child: Child = { task, state, groups: new Set(), ok: undefined, awaited: false }
    this.#children.set(key, child)
    if (owned) driver.own(task)
    lua.lua_settop(L, 1)
    return 1
  }

  /** Copies the function and its arguments, which stand between the flag and the coroutine. */
  #move(L: LuaState, co: LuaState): number {
    const { lua } = this.#core.machine
    const last = lua.lua_gettop(L) - 1
    lua.lua_checkstack(L, last)
    lua.lua_checkstack(co, last)
    for (let index = 3; index <= last; index++) lua.lua_pushvalue(L, index)
    lua.lua_xmove(L, co, last - 2)
    return last - 3
  }

  #ended(child: Child, results: number, error?: SpellError): void {
    child.ok = error === undefined
    if (error && !child.awaited && error.code !== 'CANCELLED') this.#unseen.set(child, error)
    if (!this.#core.machine.lost) {
      this.#core.machine.protect((L) => this.#store(L, child, results, error))
    }
    for (const group of child.groups) this.#tell(group)
    if (this.#unseen.size > 0) this.onUnseen()
  }

  #tell(group: Group): void {
    const decided = decide(group)
    if (decided === undefined) return
    this.unwatch(group)
    group.done(decided)
  }

  /** Writes the outcome into the state of the task. */
  #store(L: LuaState, { task, state }: Child, results: number, error?: SpellError): void {
    const { lua } = this.#core.machine
    state(L)
    this.#core.set(L, 'done', () => lua.lua_pushboolean(L, true))
    this.#core.set(L, 'ok', () => lua.lua_pushboolean(L, !error))
    if (error) this.#core.set(L, 'error', () => this.#pushError(L, task, error))
    else this.#storeResults(L, task, results)
  }

  #storeResults(L: LuaState, task: Task, results: number): void {
    const { lua } = this.#core.machine
    this.#core.set(L, 'n', () => lua.lua_pushinteger(L, results))
    lua.lua_checkstack(L, results)
    lua.lua_xmove(task.L, L, results)
    for (let n = results; n > 0; n--) lua.lua_rawseti(L, -n - 1, n)
  }

  /** The error object itself where the task failed; for a cancelled one a new one. */
  #pushError(L: LuaState, task: Task, error: SpellError): void {
    const { lua } = this.#core.machine
    if (error.code === 'CANCELLED' || lua.lua_gettop(task.L) === 0) {
      this.#core.failures.push(L, error)
    } else lua.lua_xmove(task.L, L, 1)
  }

  /** The tasks whose states stand from an index to the last. Counts as seen what they fail with. */
  group(L: LuaState, from: number, mode: Mode): Group {
    const members: Child[] = []
    for (let index = from; index <= this.#core.machine.lua.lua_gettop(L); index++) {
      const child = this.#at(L, index)
      child.awaited = true
      this.#unseen.delete(child)
      members.push(child)
    }
    return { mode, members, done: () => {} }
  }

  watch(group: Group): void {
    for (const child of group.members) child.groups.add(group)
  }

  unwatch(group: Group): void {
    for (const child of group.members) child.groups.delete(group)
  }

  #at(L: LuaState, index: number): Child {
    return this.#children.get(this.#core.machine.lua.lua_topointer(L, index)!)!
  }

  /** Argument: the state. @throws CANCELLED where the task cancels itself */
  cancel(L: LuaState): number {
    this.#core.driver.cancel(this.#at(L, 1).task)
    return 0
  }

  /** The first failure that nobody waited for; it is reported once. */
  takeUnseen(): SpellError | undefined {
    return this.takeAllUnseen()[0]
  }

  /** The failures that nobody waited for. */
  takeAllUnseen(): readonly SpellError[] {
    const errors = [...this.#unseen.values()]
    this.#unseen.clear()
    return errors
  }
}
