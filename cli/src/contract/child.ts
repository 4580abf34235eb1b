import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How a program of Node ended. */
export interface Ended {
  /** 0 where it went well; absent where a signal ended it. */
  readonly code?: number
  /** True where its time was over. */
  readonly late: boolean
  /** What it wrote to both streams. */
  readonly said: string
  /** The messages that it sent. */
  readonly told: readonly unknown[]
}

/** Where and for how long it runs. */
export interface ChildPlace {
  readonly cwd: string
  /** Folder for its temporary files, which go with it. */
  readonly temp: string
  /** ms; what runs longer is ended. */
  readonly limit: number
}

/** Runs a program of Node in a process group of its own, which ends as a whole. */
export function runChild(argv: readonly string[], place: ChildPlace): Promise<Ended> {
  const { cwd, temp, limit } = place
  const own = { TMPDIR: temp, TEMP: temp, TMP: temp, NODE_OPTIONS: undefined }
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...own }
  const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const
  return new Promise((resolve, reject) => {
    const detached = process.platform !== 'win32'
    const child = spawn(process.execPath, argv, { cwd, env, detached, stdio: [...stdio] })
    const said: Buffer[] = []
    const told: unknown[] = []
    let late = false
    const end = (): void => endGroup(child.pid, detached)
    const timer = setTimeout(() => {
      late = true
      end()
    }, limit)
    children.add(end)
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => said.push(chunk))
    child.on('message', (message) => told.push(message))
    child.on('error', reject)
    // What it has left behind would keep the streams open.
    child.on('exit', end)
    child.on('close', (code) => {
      clearTimeout(timer)
      children.delete(end)
      const text = Buffer.concat(said).toString('utf8')
      resolve({ ...(code === null ? {} : { code }), late, said: text, told })
    })
  })
}

const children = new Set<() => void>()

function endGroup(pid: number | undefined, group: boolean): void {
  try {
    if (pid !== undefined) process.kill(group ? -pid : pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

/** Works in a temporary folder. A signal ends the children and takes the folder away before it ends this process. */
export async function inPlace<T>(
  base: string,
  prefix: string,
  tidy: () => void,
  work: (place: string) => Promise<T>,
): Promise<T> {
  const place = mkdtempSync(join(base, prefix))
  const clean = (): void => {
    rmSync(place, { recursive: true, force: true, maxRetries: 5 })
    tidy()
  }
  const stop = (signal: NodeJS.Signals): void => {
    for (const end of children) end()
    clean()
    process.exitCode = 128 + constants.signals[signal]
    setImmediate(() => process.exit())
  }
  for (const name of SIGNALS) process.on(name, stop)
  try {
    return await work(place)
  } finally {
    for (const name of SIGNALS) process.removeListener(name, stop)
    clean()
  }
}

/** Works in a folder for temporary files. */
export const inTemp = <T>(work: (temp: string) => Promise<T>): Promise<T> =>
  inPlace(tmpdir(), 'llmspell-contract-', () => undefined, work)
