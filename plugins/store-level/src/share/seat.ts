import { setTimeout as sleep } from 'node:timers/promises'
import { isSpellError } from '@llmspell/sdk'
import type { RowStore } from '@llmspell/sdk/store'
import { Lost, neverFree, silentOwner } from './errors.ts'
import {
  folderMark,
  isGone,
  isSigned,
  readOwner,
  removeStale,
  signOwner,
  unsignOwner,
} from './owner-file.ts'
import type { Owner } from './owner-file.ts'
import type { Remote } from './remote.ts'
import { socketPath } from './socket-path.ts'

const [FIRST_MS, MOST_MS] = [4, 50]

/** Where a process stands: it has the store, or somebody who has. */
export type Seat = OwnSeat | { readonly remote: Remote }

export interface OwnSeat {
  readonly own: RowStore
  close(): Promise<void>
}

export interface Place {
  readonly folder: string
  readonly patienceMs: number
  readonly signal: AbortSignal
  /** Opens the database. @throws STATE_BUSY where it is locked */
  readonly open: () => Promise<{ readonly store: RowStore; readonly readOnly: boolean }>
}

/** Connects to the owner of a folder, or becomes it. @throws STATE_BUSY when its patience is over */
export async function seated(place: Place): Promise<Seat> {
  const until = performance.now() + place.patienceMs
  for (let ms = FIRST_MS; ; ms = Math.min(MOST_MS, ms * 1.5)) {
    place.signal.throwIfAborted()
    const owner = await readOwner(place.folder)
    const seat = owner ? await connected(place, owner) : await ownSeat(place)
    if (seat) return seat
    if (performance.now() > until) throw neverFree(place.folder, owner?.pid)
    await sleep(ms * (0.5 + Math.random()))
  }
}

async function connected({ folder, patienceMs }: Place, owner: Owner): Promise<Seat | undefined> {
  const mark = await folderMark(folder)
  try {
    const [{ Line }, { Remote }] = await Promise.all([import('./line.ts'), import('./remote.ts')])
    const line = owner.folder === mark ? await Line.open(owner.socket, patienceMs, mark) : undefined
    if (line) return { remote: new Remote(line) }
  } catch (error) {
    if (error instanceof Lost) throw silentOwner(folder, owner.pid)
    throw error
  }
  if (isGone(owner, mark)) await removeStale(folder, owner)
  return undefined
}

/** The file keeps others from trying; the lock of the database is what decides. */
async function ownSeat(place: Place): Promise<OwnSeat | undefined> {
  const { folder } = place
  const path = await socketPath(folder)
  const owner = await signOwner(folder, path)
  if (!owner) return undefined
  try {
    return await served(place, owner)
  } catch (error) {
    await unsignOwner(folder, owner)
    if (isSpellError(error) && error.code === 'STATE_BUSY') return undefined
    throw error
  }
}

async function served({ folder, open }: Place, owner: Owner): Promise<OwnSeat> {
  const [{ store, readOnly }, { Server }] = await Promise.all([open(), import('./server.ts')])
  const server = await Server.listen(owner, store, readOnly).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const close = async (): Promise<void> => {
    await server.stop(await isSigned(folder, owner))
    try {
      await store.close()
    } finally {
      await unsignOwner(folder, owner)
      server.end()
    }
  }
  return { own: store, close }
}
