import { SpellError } from '@llmspell/sdk'
import type { Failures } from './failures.ts'
import { OK, REGISTRY, YIELDED } from './lua.ts'
import type { Machine } from './machine.ts'
import { YIELD } from './machine.ts'
import { KEYS } from './registry.ts'
import { Task } from './task.ts'
import type { TaskEnd } from './task.ts'

/** Something a task waits for. `finish` runs in the task and returns the number of results. */
interface Ticket {
  readonly finish: (L: number, reply: unknown) => number
  task?: Task
  settled: boolean
  reply?: unknown
}

export interface Plan {
  /** Pushes the function and its arguments to the coroutine. @returns the number of arguments */
  readonly prepare: (co: number) => number
  readonly end: TaskEnd
  /** Index of the table that takes the outcome. */
  readonly state?: number
}

/** Runs tasks, one at a time, each until it waits or ends. */
export class Driver {
  readonly #machine: Machine
  readonly #failures: Failures
  readonly #tickets = new Map<number, Ticket>()
  readonly #ready: { task: Task; args: number }[] = []
  readonly tasks = new Set<Task>()
  /** The task that runs now. */
  current: Task | undefined
  readonly #waiting: (() => void)[] = []
  #running = false
  #last = 0

  constructor(machine: Machine, failures: Failures) {
    this.#machine = machine
    this.#failures = failures
  }

  /** Makes a task that is ready. Needs protected mode. */
  create(L: number, plan: Plan): Task {
    const { api } = this.#machine
    const co = api.lua_newthread(L)
    const top = api.lua_gettop(L)
    const args = plan.prepare(co)
    api.lua_settop(L, top)
    api.lua_rawgetp(L, REGISTRY, KEYS.tasks)
    api.lua_rotate(L, -2, 1)
    if (plan.state === undefined) api.lua_pushboolean(L, 1)
    else api.lua_pushvalue(L, plan.state)
    api.lua_rawset(L, -3)
    api.lua_settop(L, -2)
    const task = new Task(co, plan.end)
    this.tasks.add(task)
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
    if (this.tasks.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #resume(task: Task, args: number): void {
    const { api, text } = this.#machine
    this.current = task
    let status: number
    try {
      status = this.#machine.enter(() => api.lua_resume(task.L, 0, args, text.size))
    } catch {
      this.#ready.length = 0
      return
    }
    this.current = undefined
    const results = text.word(text.size)
    if (status === YIELDED) this.#wait(task, results)
    else if (status === OK) this.#end(task, results)
    else this.#end(task, 0, this.#failures.read(task.L))
  }

  #wait(task: Task, results: number): void {
    this.#machine.api.lua_settop(task.L, -results - 1)
    task.ticket = this.#machine.ticket
    this.#tickets.get(task.ticket)!.task = task
  }

  #end(task: Task, results: number, error?: SpellError): void {
    task.done = true
    this.tasks.delete(task)
    for (const child of task.children) this.cancel(child)
    task.parent?.children.delete(task)
    try {
      task.end(task, results, error)
      this.#machine.protect((L) => this.#forget(L, task))
    } catch {
      // Only a lost machine gets here, and `drain` ends what is left.
    }
  }

  /** Pushes the Lua state of a task that was made with one. */
  pushState(L: number, task: Task): void {
    this.#pushThread(L, task)
    this.#machine.api.lua_rawget(L, -2)
    this.#machine.api.lua_rotate(L, -2, 1)
    this.#machine.api.lua_settop(L, -2)
  }

  /** Pushes the table of tasks and the coroutine. */
  #pushThread(L: number, task: Task): void {
    const { api } = this.#machine
    api.lua_rawgetp(L, REGISTRY, KEYS.tasks)
    api.lua_checkstack(task.L, 1)
    api.lua_pushthread(task.L)
    api.lua_xmove(task.L, L, 1)
  }

  #forget(L: number, task: Task): void {
    this.#pushThread(L, task)
    this.#machine.api.lua_pushnil(L)
    this.#machine.api.lua_rawset(L, -3)
  }

  /** What a native returns to wait until `settle` is called with the ticket. */
  wait(finish: (L: number, reply: never) => number): {
    readonly ticket: number
    readonly result: number
  } {
    const ticket = ++this.#last
    this.#tickets.set(ticket, { finish: finish as Ticket['finish'], settled: false })
    this.#machine.ticket = ticket
    return { ticket, result: YIELD }
  }

  settle(ticket: number, reply: unknown): void {
    const found = this.#tickets.get(ticket)
    if (!found || found.settled) return
    found.settled = true
    found.reply = reply
    if (!found.task || found.task.done) this.#tickets.delete(ticket)
    else {
      this.#ready.push({ task: found.task, args: 0 })
      this.drain()
    }
  }

  /** Goes on inside a task after its wait. */
  continue(L: number, ticket: number): number {
    const found = this.#tickets.get(ticket)
    if (!found?.settled) {
      throw new SpellError('SCRIPT_ERROR', 'A coroutine that waits for the host cannot be resumed.')
    }
    this.#tickets.delete(ticket)
    return found.finish(L, found.reply)
  }

  /** Ends a task that waits or has not begun. @throws CANCELLED for the task that runs */
  cancel(task: Task): void {
    if (task.done) return
    if (task === this.current) throw new SpellError('CANCELLED', 'The task was cancelled.')
    const error = new SpellError('CANCELLED', 'The task was cancelled.')
    this.#tickets.delete(task.ticket)
    const { api } = this.#machine
    this.#machine.enter(() => api.lua_resetthread(task.L, 0))
    this.#end(task, 0, error)
  }

  /** Ends everything that still waits, without touching the machine. */
  abandon(error: SpellError): void {
    const tasks = [...this.tasks]
    this.tasks.clear()
    this.#tickets.clear()
    this.#ready.length = 0
    for (const task of tasks) {
      task.done = true
      task.end(task, 0, error)
    }
    this.#tellEnded()
  }

  /** Ends every task that waits. */
  cancelAll(): void {
    for (const task of this.tasks) {
      if (!this.#machine.lost) this.cancel(task)
    }
  }
}
