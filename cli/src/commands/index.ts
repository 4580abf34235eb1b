import { exec, run } from './run.ts'

/** Every command by its id, as oclif finds them. */
export const COMMANDS = {
  run,
  exec,
}
