import { exit, helpOf } from './help.ts'
import { engine, model } from './choices.ts'
import { load } from './files.ts'
import { hooks, state, tools } from './lists.ts'
import { media } from './media.ts'
import { save } from './save.ts'
import { time, undo } from './past.ts'
import type { Command } from './command.ts'

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  helpOf(() => COMMANDS),
  save,
  load,
  engine,
  model,
  tools,
  hooks,
  state,
  media,
  time,
  undo,
  exit,
]
