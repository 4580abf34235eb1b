import { SpellError } from '@llmspell/sdk'
import type { LuaState } from './api.ts'
import { OK, YIELDED } from './api.ts'
import type { Failures } from './failures.ts'
import type { Machine } from './machine.ts'
import { YIELD } from './machine.ts'
import { Task } from './task.ts'
import type { TaskEnd } from './task.ts'
import { WeakTable } from './weak.ts'

/** Something a task waits for. */
export interface Wait {
  task?: Task
  reply?: { readonly value: unknown }
}

/** Runs tasks, one at a time, each until it waits or ends. */
export class Driver {
  readonly #machine: Machine
  readonly #failures: Failures
  readonly #ready: { task: Task; args: number }[] = []
  readonly #tasks = new Set<Task>()
  readonly #waiting: (() => void)[] = []
  /** Coroutines of tasks, for Lua. */
  readonly coroutines: WeakTable
  /** The task that runs now. */
  current: Task | undefined
  #pending: Wait | undefined
  #running = false

  constructor(machine: Machine, failures: Failures) {
    this.#machine = machine
    this.#failures = failures
    this.coroutines = new WeakTable(machine)
  }

  /**
   * Makes a task that is ready. Needs protected mode.
   * @param prepare pushes the function and its arguments to the coroutine and returns the number of arguments
   */
  create(L: LuaState, prepare: (co: LuaState) => number, end: TaskEnd): Task {
    const { lua } = this.#machine
    const co = lua.lua_newthread(L)
    const top = lua.lua_gettop(L)
    const args = prepare(co)
    lua.lua_settop(L, top - 1)
    this.coroutines.set(co, (l) => lua.lua_pushboolean(l, true))
    const task = new Task(co, end)
    this.#tasks.add(task)
    this.#ready.push({ task, args })
    return task
  }

  /** The task ends with the one that runs now. */
  own(task: Task): void {
    task.parent = this.current
    this.current?.children.add(task)
  }

  /** Runs what is ready. Inside a task it does nothing: the loop that runs the task goes on after it. */
  drain(): void {
    if (this.#running) return
    this.#running = true
    for (let next = this.#ready.shift(); next; next = this.#ready.shift()) {
      if (!next.task.done) this.#resume(next.task, next.args)
    }
    this.#running = false
    if (this.#machine.lost) this.abandon(this.#machine.lost)
    this.#tellEnded()
  }

  /** Resolves when no task is left. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#tellEnded()
    })
  }

  #tellEnded(): void {
    if (this.#tasks.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #resume(task: Task, args: number): void {
    this.current = task
    let status: number
    try {
      status = this.#machine.enter(() => this.#machine.lua.lua_resume(task.L, null, args))
    } catch {
      this.#ready.length = 0
      return
    } finally {
      this.current = undefined
    }
    if (this.#machine.lost) this.#ready.length = 0
    else if (status === YIELDED) this.#wait(task)
    else if (status === OK) this.#end(task, this.#machine.lua.lua_gettop(task.L))
    else this.#end(task, 0, this.#failures.read(task.L))
  }

  #wait(task: Task): void {
    this.#machine.lua.lua_settop(task.L, 0)
    const wait = this.#pending!
    wait.task = task
    if (wait.reply) this.#ready.push({ task, args: 0 })
  }

  #end(task: Task, results: number, error?: SpellError): void {
    task.done = true
    this.#tasks.delete(task)
    for (const child of task.children) this.cancel(child)
    task.parent?.children.delete(task)
    this.coroutines.set(task.L, undefined)
    try {
      task.end(task, results, error)
    } catch {
      // Only a lost machine gets here, and `drain` ends what is left.
    }
  }

  /** Makes what a native returns YIELD for: it goes on with `finish` after `settle`. */
  wait(finish: (L: LuaState, reply: never) => number): {
    readonly wait: Wait
    readonly result: number
  } {
    const wait: Wait = {}
    this.#pending = wait
    this.#machine.pending = (L) => {
      if (!wait.reply)
        throw new SpellError(
          'SCRIPT_ERROR',
          'A coroutine that waits for the host cannot be resumed.',
        )
      return finish(L, wait.reply.value as never)
    }
    return { wait, result: YIELD }
  }

  settle(wait: Wait, value: unknown): void {
    if (wait.reply) return
    wait.reply = { value }
    if (!wait.task || wait.task.done) return
    this.#ready.push({ task: wait.task, args: 0 })
    this.drain()
  }

  /** Ends a task that waits or has not begun. @throws CANCELLED for the task that runs */
  cancel(task: Task): void {
    if (task.done) return
    const error = new SpellError('CANCELLED', 'The task was cancelled.')
    if (task === this.current) throw error
    this.#end(task, 0, error)
  }

  /** Ends everything that still waits, without touching the machine. */
  abandon(error: SpellError): void {
    const tasks = [...this.#tasks]
    this.#tasks.clear()
    this.#ready.length = 0
    for (const task of tasks) {
      task.done = true
      task.end(task, 0, error)
    }
    this.#tellEnded()
  }

  /** Ends every task that waits. */
  cancelAll(): void {
    for (const task of this.#tasks) {
      if (!this.#machine.lost) this.cancel(task)
    }
  }
}
