import type { SpellError } from '@llmspell/sdk'
import type { Core } from './core.ts'
import type { Task } from './task.ts'

/** What a group waits for: the first end; all ends or the first failure; all ends. */
export type Mode = 'any' | 'all' | 'each'

interface Member {
  readonly id: number
  /** Undefined while it runs. */
  ok: boolean | undefined
}

/** A wait for several tasks. */
export interface Group {
  readonly mode: Mode
  readonly members: readonly Member[]
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
  readonly #running = new Map<number, Task>()
  readonly #groups = new Set<Group>()
  readonly #awaited = new Set<number>()
  /** Failures that nobody has waited for. */
  readonly #unseen = new Map<number, SpellError>()
  #last = 0
  /** Called when there is a failure that nobody has waited for. */
  onUnseen: () => void = () => {}

  constructor(core: Core) {
    this.#core = core
  }

  /** Arguments: whether it ends with its parent, function, arguments. Pushes the state. */
  start(L: number): number {
    const { driver } = this.#core
    const { api } = this.#core.machine
    const owned = api.lua_toboolean(L, 1) === 1
    const count = api.lua_gettop(L) - 1
    const id = ++this.#last
    api.lua_createtable(L, 2, 4)
    this.#core.set(L, 'id', () => api.lua_pushnumber(L, id))
    api.lua_rotate(L, 1, 1)
    const task = driver.create(L, {
      prepare: (co) => this.#move(L, co, count),
      end: (ended, results, error) => this.#ended(id, ended, results, error),
      state: 1,
    })
    this.#running.set(id, task)
    if (owned) driver.own(task)
    api.lua_settop(L, 1)
    return 1
  }

  /** Copies the function and its arguments, which follow the state and the flag. */
  #move(L: number, co: number, count: number): number {
    const { api } = this.#core.machine
    api.lua_checkstack(L, count)
    api.lua_checkstack(co, count)
    for (let index = 3; index < 3 + count; index++) api.lua_pushvalue(L, index)
    api.lua_xmove(L, co, count)
    return count - 1
  }

  #ended(id: number, task: Task, results: number, error?: SpellError): void {
    this.#running.delete(id)
    if (error && !this.#awaited.has(id) && error.code !== 'CANCELLED') this.#unseen.set(id, error)
    this.#awaited.delete(id)
    if (!this.#core.machine.lost) {
      this.#core.machine.protect((L) => this.#store(L, task, results, error))
    }
    for (const group of this.#groups) this.#tell(group, id, error === undefined)
    if (this.#unseen.size > 0) this.onUnseen()
  }

  #tell(group: Group, id: number, ok: boolean): void {
    const member = group.members.find((each) => each.id === id)
    if (!member) return
    member.ok = ok
    const decided = decide(group)
    if (decided === undefined) return
    this.#groups.delete(group)
    group.done(decided)
  }

  /** Writes the outcome into the state of the task. */
  #store(L: number, task: Task, results: number, error?: SpellError): void {
    const { api } = this.#core.machine
    this.#core.driver.pushState(L, task)
    this.#core.set(L, 'done', () => api.lua_pushboolean(L, 1))
    this.#core.set(L, 'ok', () => api.lua_pushboolean(L, error ? 0 : 1))
    if (error) this.#core.set(L, 'error', () => this.#pushError(L, task, error))
    else this.#storeResults(L, task, results)
  }

  #storeResults(L: number, task: Task, results: number): void {
    const { api } = this.#core.machine
    this.#core.set(L, 'n', () => api.lua_pushinteger(L, BigInt(results)))
    api.lua_checkstack(L, results)
    api.lua_xmove(task.L, L, results)
    for (let n = results; n > 0; n--) api.lua_rawseti(L, -n - 1, BigInt(n))
  }

  /** The error object itself where the task failed; for a cancelled one a new one. */
  #pushError(L: number, task: Task, error: SpellError): void {
    const { api } = this.#core.machine
    if (error.code === 'CANCELLED' || api.lua_gettop(task.L) === 0) {
      this.#core.failures.push(L, error)
    } else api.lua_xmove(task.L, L, 1)
  }

  /** The tasks whose states stand from an index to the last. Counts as seen what they fail with. */
  group(L: number, from: number, mode: Mode): Group {
    const { api } = this.#core.machine
    const members: Member[] = []
    for (let index = from; index <= api.lua_gettop(L); index++) {
      const id = this.#id(L, index)
      this.#unseen.delete(id)
      if (this.#running.has(id)) this.#awaited.add(id)
      members.push({ id, ok: this.#running.has(id) ? undefined : this.#succeeded(L, index) })
    }
    return { mode, members, done: () => {} }
  }

  watch(group: Group): void {
    this.#groups.add(group)
  }

  unwatch(group: Group): void {
    this.#groups.delete(group)
  }

  #id(L: number, index: number): number {
    return this.#field(L, index, 'id', (at) => this.#core.machine.api.lua_tonumberx(L, at, 0))
  }

  #succeeded(L: number, index: number): boolean {
    const { api } = this.#core.machine
    return this.#field(L, index, 'ok', (at) => api.lua_toboolean(L, at) === 1)
  }

  #field<T>(L: number, index: number, name: string, read: (at: number) => T): T {
    const { api, text } = this.#core.machine
    text.push(L, name)
    api.lua_rawget(L, index)
    const value = read(-1)
    api.lua_settop(L, -2)
    return value
  }

  /** Argument: the state. @throws CANCELLED where the task cancels itself */
  cancel(L: number): number {
    const task = this.#running.get(this.#id(L, 1))
    if (task) this.#core.driver.cancel(task)
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
