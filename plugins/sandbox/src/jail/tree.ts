import { readFileSync, readdirSync } from 'node:fs'

/** Processes below this one, as far as the system tells; ends early at `most`. */
export function descendants(pid: number, most = Infinity): readonly number[] {
  const found: number[] = []
  const open = [pid]
  for (let at = open.pop(); at !== undefined && found.length < most; at = open.pop()) {
    for (const child of childrenOf(at)) {
      found.push(child)
      open.push(child)
    }
  }
  return found
}

/** Whether more processes and threads are below this one than there may be. */
export function exceeds(pid: number, most: number): boolean {
  const below = descendants(pid, most + 1)
  if (below.length > most) return true
  return below.reduce((sum, one) => sum + namesIn(`/proc/${one}/task`).length, 0) > most
}

function childrenOf(pid: number): readonly number[] {
  return namesIn(`/proc/${pid}/task`).flatMap((thread) =>
    numbers(textOf(`/proc/${pid}/task/${thread}/children`)),
  )
}

/** Pids of all processes that this one may see. */
export function allProcesses(): readonly number[] {
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** Threads of one user, as the limit of processes counts them; undefined for root, whom it does not bind. */
export function threadsOf(uid: number | undefined): number | undefined {
  if (uid === undefined || uid === 0) return undefined
  const owned = allProcesses().map((pid) => textOf(`/proc/${pid}/status`))
  return owned
    .filter((text) => new RegExp(`^Uid:\\s+${uid}\\b`, 'm').test(text))
    .reduce((sum, text) => sum + Number(/^Threads:\s+(\d+)/m.exec(text)?.[1] ?? 1), 0)
}

/** `Z` and `X` are dead, as is a process without a state. */
export function isAlive(pid: number): boolean {
  const state = statOf(pid)[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

export function sessionOf(pid: number): number {
  return Number(statOf(pid)[3])
}

/** Fields from the third on: the second may hold anything. */
function statOf(pid: number): readonly string[] {
  const text = textOf(`/proc/${pid}/stat`)
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Text of a file that may be gone by now. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function numbers(text: string): readonly number[] {
  return text.split(' ').filter(Boolean).map(Number)
}
