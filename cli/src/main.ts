import { EXIT_CODES } from './exit.ts'
import { EXEC, RUN, type CommandSpec } from './flags.ts'
import { parse, type Parsed } from './parse.ts'
import { err } from './print/output.ts'
import { bodyOf } from './run/start.ts'
import { isRunVerb } from './runs/flags.ts'
import { onStage } from './stage.ts'
import { versionLine } from './version.ts'

/** What the program is started with. */
export interface Start {
  /** Folder of the package `llmspell`. */
  readonly root: string
  readonly argv: readonly string[]
  /** Loads another file of dist/. */
  readonly load: (file: string) => unknown
  /** Keeps the code compiled so far for the next start. */
  readonly keep: () => void
}

/** A command, ready to go; gives its exit code. */
type Ready = () => Promise<number> | number

interface App {
  app(root: string, argv: readonly string[]): Promise<number>
}

/**
 * The first door: starts the hot commands at once and leaves everything else, and every line that is
 * not clear, to oclif. `LLMSPELL_FAST=0` closes it.
 */
export function main({ root, argv, load, keep }: Start): void {
  // Else any program of the user, a plugin without a jail among them, opens the inspector in here.
  process.on('SIGUSR1', () => undefined)
  const hot = process.env['LLMSPELL_FAST'] === '0' ? undefined : hotCommand(root, argv)
  const ran = hot && (argv[0] === 'run' || argv[0] === 'exec')
  // Only a script's run has compiled what the next one needs.
  void finish(hot ?? (() => (load('app.cjs') as App).app(root, argv)), ran ? keep : () => {})
}

async function finish(run: Ready, keep: () => void): Promise<void> {
  const code = await attempt(run)
  keep()
  // All output is written by now; a handle that a plugin left open shall not keep the process.
  process.exit(code)
}

async function attempt(run: Ready): Promise<number> {
  try {
    return await run()
  } catch (error) {
    err(`error[INTERNAL]: ${error instanceof Error ? error.stack : String(error)}\n`)
    return EXIT_CODES.internal
  }
}

function hotCommand(root: string, [command, ...rest]: readonly string[]): Ready | undefined {
  if (command === 'run' && !isRunVerb(rest[0])) return hotRun(root, RUN, rest)
  if (command === 'exec') return hotRun(root, EXEC, rest)
  const version = (command === '--version' || command === '-v') && rest.length === 0
  return version ? () => versionLine(root) : undefined
}

function hotRun(root: string, spec: CommandSpec, argv: readonly string[]): Ready | undefined {
  const parsed = clearly(spec, argv)
  return parsed && (() => onStage(root, parsed, bodyOf(spec)))
}

function clearly(spec: CommandSpec, argv: readonly string[]): Parsed | undefined {
  try {
    const parsed = parse(spec, argv)
    return parsed.flags['help'] ? undefined : parsed
  } catch {
    return undefined
  }
}
