import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { standing, thisProcess } from '@llmspell/sdk/store'
import type { ProcessMark } from '@llmspell/sdk/store'

/** Whoever has not finished to remove a stale file by then is gone itself. */
const REMOVING_MS = 2000

/** Who owns a store, and where it listens. */
export interface Owner extends ProcessMark {
  readonly nonce: string
  readonly socket: string
  readonly since: string
}

const fileIn = (folder: string): string => join(folder, 'owner.json')

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code

export async function readOwner(folder: string): Promise<Owner | undefined> {
  return ownerIn(fileIn(folder))
}

async function ownerIn(file: string): Promise<Owner | undefined> {
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>
    const { pid = 0, start = '', boot = '', nonce = '', socket = '', since = '' } = found
    return { pid, start, boot, nonce, socket, since }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    return { pid: 0, start: '', boot: '', nonce: '', socket: '', since: '' }
  }
}

/** One that cannot be read counts as gone: whoever has the database locked keeps it. */
export function isGone(owner: Owner): boolean {
  return owner.nonce === '' || standing(owner) === 'gone'
}

/** Writes this process down as the owner; undefined where somebody else is. */
export async function signOwner(folder: string, socket: string): Promise<Owner | undefined> {
  const owner = { ...thisProcess(), nonce: randomUUID(), socket, since: new Date().toISOString() }
  const draft = join(folder, `owner-${owner.nonce}`)
  try {
    await writeFile(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600, flag: 'wx' })
    await placed(draft, fileIn(folder))
    return owner
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Whole from its first moment, where the file system has links. */
async function placed(draft: string, file: string): Promise<void> {
  await link(draft, file).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') throw error
    return copyFile(draft, file, constants.COPYFILE_EXCL)
  })
}

export async function unsignOwner(folder: string, { nonce }: Owner): Promise<void> {
  const found = await readOwner(folder)
  if (found?.nonce === nonce) await rm(fileIn(folder), { force: true })
}

/**
 * Removes the file of an owner that is gone. Many may try: a link that bears its nonce lets one of them do so, and only
 * while the file is still that owner's.
 */
export async function removeStale(folder: string, stale: Owner): Promise<void> {
  const file = fileIn(folder)
  const grave = join(folder, `owner-gone-${stale.nonce.replace(/[^\w-]/g, '').slice(0, 64)}`)
  try {
    await placed(file, grave)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') await abandoned(grave)
    return
  }
  const found = await ownerIn(grave)
  if (found?.nonce === stale.nonce) await rm(file, { force: true })
  await rm(grave, { force: true })
}

async function abandoned(grave: string): Promise<void> {
  const since = await stat(grave).catch(() => undefined)
  if (since && Date.now() - since.ctimeMs > REMOVING_MS) await rm(grave, { force: true })
}
