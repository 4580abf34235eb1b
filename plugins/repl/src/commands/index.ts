import { exit, helpOf } from './help.ts'
import { engine, model } from './choices.ts'
import { load } from './files.ts'
import { hooks, tools } from './lists.ts'
import { time, undo } from './past.ts'
import type { Command } from './command.ts'

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  helpOf(() => COMMANDS),
  load,
  engine,
  model,
  tools,
  hooks,
  time,
  undo,
  exit,
]
