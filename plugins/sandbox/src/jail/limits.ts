import type { Command } from '@llmspell/sdk'

const MIB = 1024 * 1024

export type Limits = Required<NonNullable<Command['limits']>>

const DEFAULTS: Limits = {
  timeMs: 30_000,
  cpuSeconds: 60,
  memoryBytes: 1024 * MIB,
  outputBytes: MIB,
  fileBytes: 256 * MIB,
  processes: 256,
}
const OPEN_FILES = 1024

export function limitsOf({ limits = {} }: Command): Limits {
  return { ...DEFAULTS, ...limits }
}

/**
 * `prlimit` before the program. The limit of data holds what a program allocates; that of the address space would
 * refuse programs that only reserve it.
 *
 * @param others processes that the system counts too; undefined where its count is of no use
 */
export function limited(
  prlimit: string,
  { program, args, ...command }: Command,
  others: number | undefined,
): string[] {
  const { cpuSeconds, memoryBytes, fileBytes, processes } = limitsOf({ program, args, ...command })
  return [
    prlimit,
    `--cpu=${cpuSeconds === Infinity ? 'unlimited' : Math.ceil(cpuSeconds)}`,
    `--data=${memoryBytes}`,
    `--fsize=${fileBytes}`,
    `--nofile=${OPEN_FILES}`,
    '--core=0',
    ...(others === undefined ? [] : [`--nproc=${others + processes}`]),
    '--',
    program,
    ...args,
  ]
}
