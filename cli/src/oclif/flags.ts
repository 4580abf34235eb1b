import { Args, Flags, type Interfaces } from '@oclif/core'
import type { CommandSpec, FlagSpec } from '../flags.ts'

type OclifFlags = Record<string, Interfaces.Flag<unknown>>

/** The flags of a command as oclif shows them in its help. */
export function oclifFlags({ flags }: CommandSpec): OclifFlags {
  return Object.fromEntries(flags.map((flag) => [flag.name, oclifFlag(flag)])) as OclifFlags
}

function oclifFlag(flag: FlagSpec): unknown {
  const common = {
    summary: flag.summary,
    ...(flag.char ? { char: flag.char as 'h' } : {}),
    ...(flag.group ? { helpGroup: flag.group } : {}),
  }
  if (flag.kind === 'switch' || flag.kind === 'maybe') return Flags.boolean(common)
  return Flags.string({ ...common, helpValue: flag.value ?? 'VALUE' })
}

/** The arguments of a command as oclif shows them. */
export function oclifArgs({ args }: CommandSpec): ReturnType<typeof Object.fromEntries> {
  return Object.fromEntries(args.map((arg) => [arg.name, oclifArg(arg)]))
}

function oclifArg({ summary, required }: CommandSpec['args'][number]): unknown {
  // Without ignoreStdin oclif would read a missing argument from stdin.
  return Args.string({ description: summary, required: required === true, ignoreStdin: true })
}
