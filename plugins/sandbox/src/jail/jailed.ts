import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Command } from '@llmspell/sdk'
import { jailOptions } from './arguments.ts'
import { nothingFrom } from './descriptors.ts'
import { notStarted } from './errors.ts'
import { send } from './kill.ts'
import { limited } from './limits.ts'
import type { Started } from './started.ts'
import { descendants, isAlive } from './tree.ts'

/** Errors, the options, and what became of it. */
const PIPES = ['pipe', 'pipe', 'pipe'] as const
const GONE_WITHIN_MS = 1000

/** What the probe has found. */
export interface JailParts {
  readonly bubblewrap: string
  readonly prlimit: string
  /** True where user namespaces inside the jail cannot be forbidden. */
  readonly nested: boolean
  /** True where the system counts the processes of a namespace by themselves. */
  readonly counted: boolean
}

/** Starts a program in namespaces of its own. Options travel by a pipe: a command line is for all to read. */
export function startJailed(
  parts: JailParts,
  command: Command,
  links?: Readonly<Record<string, string>>,
): Started {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const rest = limited(parts.prlimit, command, parts.counted ? 0 : undefined)
  const input = command.input === undefined ? 'ignore' : 'pipe'
  const resident = ['ignore', 'ignore', ...PIPES, 'pipe', ...nothingFrom(6)] as const
  const child = spawn(parts.bubblewrap, ['--args', '3', '--json-status-fd', '4', '--', ...rest], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: links ? [...resident] : [input, 'pipe', ...PIPES, ...nothingFrom(5)],
  })
  const given = child.stdio[3] as Writable
  given.on('error', () => undefined)
  given.end(
    jailOptions(command, { ...parts, links })
      .map((option) => `${option}\0`)
      .join(''),
  )
  return new JailedProgram(child, command)
}

class JailedProgram implements Started {
  readonly jail = 'bubblewrap'
  readonly child: ChildProcess
  readonly #command: Command
  #status = ''
  #killed = false

  constructor(child: ChildProcess, command: Command) {
    this.child = child
    this.#command = command
    const status = child.stdio[4] as Readable
    status.setEncoding('utf8')
    status.on('data', (text: string) => (this.#status += text))
    status.on('error', () => undefined)
  }

  /** The program and all that it started; the first process of the jail would take the jail along. */
  ask(): void {
    const init = this.#init
    if (init === undefined) return this.kill()
    this.#killed = true
    for (const pid of descendants(init)) send(pid, 'SIGTERM')
  }

  kill(): void {
    this.#killed = true
    const { pid } = this.child
    if (pid !== undefined) send(-pid, 'SIGKILL')
  }

  /** The system ends all of a namespace before its first process is gone. */
  async settle(): Promise<void> {
    const init = this.#init
    const limit = performance.now() + GONE_WITHIN_MS
    while (init !== undefined && isAlive(init) && performance.now() < limit) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  check(stderr: Uint8Array): void {
    if (this.#killed || this.#status.includes('"exit-code"')) return
    // The end of the line is what the system said; before it stand paths of the host.
    const said = Buffer.from(stderr).toString().trim().split(': ').at(-1) || 'no reason given'
    throw notStarted(this.#command.subject, `the jail could not be set up (${said})`)
  }

  get #init(): number | undefined {
    const pid = /"child-pid":\s*(\d+)/.exec(this.#status)?.[1]
    return pid === undefined ? undefined : Number(pid)
  }
}
