import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from './errors.ts'

const BUSY = 5
const STEP_MS = 50

/** What to say while another process has the turn, and how long to wait for it. */
export interface TurnOptions {
  readonly wait: number
  readonly tell?: ((text: string) => void) | undefined
}

/**
 * Does the work while no other process changes the folder. The lock is one of the system's on a file, held through
 * SQLite: it goes with its process, however that ends.
 * @throws PLUGIN_STORE_BUSY
 */
export async function inTurn<T>(
  folder: string,
  options: TurnOptions,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(join(folder, 'store.lock'))
  try {
    await taken(() => database.exec('BEGIN EXCLUSIVE'), folder, options)
    return await work()
  } finally {
    database.close()
  }
}

async function taken(take: () => void, folder: string, { wait, tell }: TurnOptions): Promise<void> {
  const end = Date.now() + wait
  for (let told = false; ; told = true) {
    try {
      return take()
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== BUSY) throw error
    }
    if (Date.now() >= end) throw busy(folder)
    if (!told) tell?.('waiting for another process that changes the plugin folder')
    await sleep(STEP_MS)
  }
}

function busy(folder: string): Error {
  const text = `The plugin folder '${folder}' is busy: another process changes it.`
  return fail('PLUGIN_STORE_BUSY', text, 'Wait until it has ended.')
}
