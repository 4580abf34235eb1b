import type { Awaitable } from '../hooks.ts'
import type { Value } from '../values.ts'
import type { GrantChain } from './permission.ts'
import type { Progress } from './run.ts'

/** One argument of a command, by its place. */
export interface CommandArg {
  readonly name: string
  readonly summary: string
  readonly required?: boolean
  /** The last one only: takes all that follows, as a list. */
  readonly repeatable?: boolean
  readonly choices?: readonly string[]
  readonly default?: string
}

/** One flag of a command. */
export interface CommandFlag {
  /** `^[a-z][a-z0-9-]*$`, without the dashes. */
  readonly name: string
  readonly summary: string
  /** Default `string`. A `boolean` takes no value. */
  readonly type?: 'string' | 'number' | 'boolean'
  readonly required?: boolean
  /** May be given several times: a list. */
  readonly repeatable?: boolean
  readonly choices?: readonly string[]
  readonly default?: string | number
}

/** Item of the point `commands`: all that help shows and the program checks before any code is loaded. */
export interface CommandItem {
  /** One word, or a topic and a word: `weather today`. */
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly args?: readonly CommandArg[]
  readonly flags?: readonly CommandFlag[]
  /** Lines behind the name of the program. */
  readonly examples?: readonly { readonly command: string; readonly description: string }[]
}

type Given = string | number | boolean | readonly (string | number)[] | undefined

/** One call of a command. What was given has been checked, and defaults are filled in. */
export interface CommandCall {
  readonly command: string
  readonly args: Readonly<Record<string, Given>>
  readonly flags: Readonly<Record<string, Given>>
  /** Nothing but one document goes to stdout: what is written stands in it as `output`. */
  readonly json: boolean
  readonly cwd: string
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** What the flags `--allow-…` of this call grant: hand it to runs that the command opens. */
  readonly grants: GrantChain
  /** To stdout. */
  write(text: string): void
  /** What the command came to: `result` of the document. */
  answer(value: Value): void
  /** On stderr, where that is a terminal. */
  progress(progress: Progress): void
}

/** Value of the point `commands`. */
export interface PluginCommand {
  /** @returns the exit code; nothing is 0 @throws SpellError: the code of its class */
  run(call: CommandCall): Awaitable<number | void>
}

declare module '../extensions.ts' {
  interface Extensions {
    commands: PluginCommand
  }
}
