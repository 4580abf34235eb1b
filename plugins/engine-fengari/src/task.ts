import type { SpellError } from '@llmspell/sdk'
import type { LuaState } from './api.ts'

/** Called once, with the number of results on the task's stack or with its error. */
export type TaskEnd = (task: Task, results: number, error?: SpellError) => void

/** One coroutine of ours in which code of the script runs. */
export class Task {
  readonly L: LuaState
  readonly end: TaskEnd
  /** Tasks that end with this one. */
  readonly children = new Set<Task>()
  parent: Task | undefined
  done = false

  constructor(L: LuaState, end: TaskEnd) {
    this.L = L
    this.end = end
  }
}
