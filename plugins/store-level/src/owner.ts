import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'

const REGISTRY = Symbol.for('llmspell.store-level.open')

/** Shared by all copies of this module: a second open in one process would drop the lock of the first. */
function openFolders(): Set<string> {
  const globals = globalThis as { [REGISTRY]?: Set<string> }
  return (globals[REGISTRY] ??= new Set())
}

/** @throws STATE_BUSY where this process has the folder open */
export function claim(folder: string): void {
  if (openFolders().has(folder)) throw busy(folder, 'this process')
  openFolders().add(folder)
}

export function release(folder: string): void {
  openFolders().delete(folder)
}

const ownerFile = (folder: string): string => join(folder, 'owner.json')

/** For messages only: the lock itself is the database's and ends with the process. */
export async function signOwner(folder: string): Promise<void> {
  const text = `${JSON.stringify({ pid: process.pid, since: new Date().toISOString() })}\n`
  await writeFile(ownerFile(folder), text, { mode: 0o600 }).catch(() => undefined)
}

export async function unsignOwner(folder: string): Promise<void> {
  await rm(ownerFile(folder), { force: true }).catch(() => undefined)
}

/** STATE_BUSY that names the process, where it is known. */
export async function ownedElsewhere(folder: string): Promise<SpellError> {
  const pid = await ownerPid(folder)
  return busy(folder, pid === undefined ? 'another process' : `process ${pid}`, pid)
}

async function ownerPid(folder: string): Promise<number | undefined> {
  try {
    const { pid } = JSON.parse(await readFile(ownerFile(folder), 'utf8')) as { pid?: unknown }
    if (typeof pid !== 'number' || !isAlive(pid)) return undefined
    return pid
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function busy(folder: string, owner: string, pid?: number): SpellError {
  return new SpellError(
    'STATE_BUSY',
    `The store in '${folder}' is in use: expected it free, found it open in ${owner}.`,
    {
      hint:
        owner === 'this process'
          ? 'Use the store that is open, or close it first.'
          : `Wait for ${owner} to end, or end it.`,
      details: { folder, ...(pid === undefined ? {} : { pid }) },
    },
  )
}
