import { EXEC, type CommandSpec } from '../flags.ts'
import type { Body } from '../stage.ts'
import { runScript } from './run.ts'
import { readSource } from './source.ts'

/** Stands for a file where the script came as text. */
const EXEC_FILE = '(exec)'

/** What `run` or `exec` does; both doors end here. */
export function bodyOf(spec: CommandSpec): Body {
  return (stage) => {
    const given = stage.parsed.args[0]!
    const read = spec === EXEC ? () => ({ file: EXEC_FILE, text: given }) : () => readSource(given)
    return runScript(stage, { read })
  }
}
