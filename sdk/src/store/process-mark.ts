import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** What tells a process from all others: its number alone is given anew. */
export interface ProcessMark {
  readonly pid: number
  /** When it started, as this machine writes it; empty where it does not say. */
  readonly start: string
  /** The machine, and its start. */
  readonly boot: string
}

let mine: ProcessMark | undefined

export function thisProcess(): ProcessMark {
  const { pid } = process
  return (mine ??= { pid, start: startOf(pid) ?? '', boot: bootId() })
}

/** `unknown`: of another machine, or of one that does not say when its processes started. */
export function standing({ pid, start, boot }: ProcessMark): 'alive' | 'gone' | 'unknown' {
  const here = thisProcess()
  if (pid === here.pid && start === here.start && boot === here.boot) return 'alive'
  if (boot !== here.boot) return hostOf(boot) === hostOf(here.boot) ? 'gone' : 'unknown'
  if (!isThere(pid)) return 'gone'
  const found = startOf(pid)
  if (found === undefined) return isThere(pid) ? 'unknown' : 'gone'
  return found === start ? 'alive' : 'gone'
}

const hostOf = (boot: string): string => boot.slice(0, boot.lastIndexOf('/'))

function bootId(): string {
  return `${hostname()}/${textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}`
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Undefined where it cannot be told; empty for one that has ended and is not buried yet. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(textOf(`/proc/${pid}/stat`))
  if (process.platform === 'win32') return undefined
  try {
    return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return undefined
  }
}

/** The fields behind the name, which itself may hold anything: state first, the start is the twentieth. */
function linuxStart(stat: string | undefined): string | undefined {
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (!fields) return undefined
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : fields[19]
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
