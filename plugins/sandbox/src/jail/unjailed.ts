import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Command } from '@llmspell/sdk'
import { nothingFrom } from './descriptors.ts'
import { send } from './kill.ts'
import { limited } from './limits.ts'
import type { Started } from './started.ts'
import { allProcesses, isAlive, sessionOf, textOf, threadsOf } from './tree.ts'

/** What a program and its children carry, so that they are found when it ends. */
const MARK = 'LLMSPELL_COMMAND'
const ROUNDS = 20
const SETPRIV = '/usr/bin/setpriv'
/** What stays must not outlive who started it, however that ends. */
const DIES_ALONG = [SETPRIV, '--pdeathsig', 'KILL', '--']

/** Starts a program as it is, in a process group of its own. */
export function startUnjailed(
  prlimit: string | undefined,
  command: Command,
  resident = false,
): Started {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const mark = randomBytes(16).toString('hex')
  const { program, args, folder } = command
  const words = prlimit
    ? limited(prlimit, command, threadsOf(process.getuid?.()))
    : [program, ...args]
  const [file, ...rest] = resident && existsSync(SETPRIV) ? [...DIES_ALONG, ...words] : words
  const child = spawn(file!, rest, {
    cwd: folder,
    // A shell whose input is a socket reads the start file of its user, unless it is not the first one.
    env: { SHLVL: '1', ...command.env, [MARK]: mark },
    detached: true,
    windowsHide: true,
    stdio: resident
      ? ['ignore', 'ignore', 'pipe', 'ignore', 'ignore', 'pipe', ...nothingFrom(6)]
      : [command.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...nothingFrom(3)],
  })
  return new FreeProgram(child, mark)
}

class FreeProgram implements Started {
  readonly jail = 'none'
  readonly child: ChildProcess
  readonly #mark: string

  constructor(child: ChildProcess, mark: string) {
    this.child = child
    this.#mark = mark
  }

  ask(): void {
    this.#signal('SIGTERM')
  }

  kill(): void {
    this.#signal('SIGKILL')
  }

  /** What left the group is looked for by its mark and session; what shed both is not found. */
  async settle(): Promise<void> {
    this.kill()
    if (process.platform !== 'linux') return
    for (let round = 0; round < ROUNDS; round++) {
      const left = this.#left()
      if (left.length === 0) return
      // All of them stand still before one of them goes, so that none has time to start another.
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const)
        for (const pid of left) send(pid, signal)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  /** What does not start is an error of the system. */
  check(): void {}

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.child
    if (pid === undefined) return
    if (process.platform === 'win32') this.child.kill(signal)
    else send(-pid, signal)
  }

  #left(): readonly number[] {
    const entry = `${MARK}=${this.#mark}`
    const isOurs = (pid: number): boolean =>
      sessionOf(pid) === this.child.pid || textOf(`/proc/${pid}/environ`).includes(entry)
    return allProcesses().filter((pid) => pid !== process.pid && isAlive(pid) && isOurs(pid))
  }
}
