import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, lstat, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isFull } from '../level.ts'
import { giveUpLast } from '../reserve.ts'
import { unwritable } from './errors.ts'
import { standing, thisProcess, unavailable } from '@llmspell/sdk/store'
import type { ProcessMark } from '@llmspell/sdk/store'

/** Whoever has not finished to remove a stale file by then is gone itself. */
const REMOVING_MS = 2000

/** Who owns a store, and where it listens. */
export interface Owner extends ProcessMark {
  readonly nonce: string
  readonly socket: string
  readonly since: string
  /** Which folder it owns: a copied folder bears a copy of this file. */
  readonly folder: string
}

const NOBODY: Owner = {
  pid: 0,
  start: '',
  boot: '',
  nonce: '',
  socket: '',
  since: '',
  folder: '',
}
const WORDS = ['start', 'boot', 'nonce', 'socket', 'since', 'folder'] as const

const fileIn = (folder: string): string => join(folder, 'owner.json')

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code

/** What tells a folder from its copies, and from another one at its path: device, number and real path. */
export async function folderMark(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder, { bigint: true })
  return `${dev}:${ino}:${await realpath(folder)}`
}

export async function readOwner(folder: string): Promise<Owner | undefined> {
  return ownerIn(fileIn(folder))
}

async function ownerIn(file: string): Promise<Owner | undefined> {
  try {
    if (!(await lstat(file)).isFile()) return NOBODY
    return ownerOf(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : NOBODY
  }
}

function ownerOf(found: unknown): Owner {
  const owner = { ...NOBODY, ...(found as object) }
  const whole = Number.isSafeInteger(owner.pid) && owner.pid > 0
  return whole && WORDS.every((word) => typeof owner[word] === 'string') ? owner : NOBODY
}

/** One that cannot be read, or owns another folder, counts as gone: whoever has the database locked keeps it. */
export function isGone(owner: Owner, mark: string): boolean {
  return owner.nonce === '' || !sameFolder(owner.folder, mark) || standing(owner) === 'gone'
}

/** A folder that was moved while its owner lives is the same one still. */
function sameFolder(one: string, other: string): boolean {
  const numbers = (mark: string): string => mark.split(':', 2).join(':')
  return numbers(one) === numbers(other)
}

/** Writes this process down as the owner; undefined where somebody else is. @throws STATE_UNAVAILABLE */
export async function signOwner(folder: string, socket: string): Promise<Owner | undefined> {
  const mark = await folderMark(folder)
  const since = new Date().toISOString()
  const owner = { ...thisProcess(), nonce: randomUUID(), socket, since, folder: mark }
  try {
    await written(folder, owner).catch(async (error: unknown) => {
      if (!isFull(error)) throw error
      // A full disk can still be read: what is kept free for that has room for this file.
      await giveUpLast(folder)
      await written(folder, owner)
    })
    return owner
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw unwritable(folder, error)
  }
}

async function written(folder: string, owner: Owner): Promise<void> {
  const draft = join(folder, `owner-${owner.nonce}`)
  try {
    await writeFile(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600, flag: 'wx' })
    await placed(draft, fileIn(folder))
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

/** Whole from its first moment, where the file system has links. */
async function placed(draft: string, file: string): Promise<void> {
  await link(draft, file).catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') throw error
    return copyFile(draft, file, constants.COPYFILE_EXCL)
  })
}

/** False where the folder was removed or moved, or somebody else has it. */
export async function isSigned(folder: string, { nonce }: Owner): Promise<boolean> {
  return (await readOwner(folder))?.nonce === nonce
}

export async function unsignOwner(folder: string, owner: Owner): Promise<void> {
  if (await isSigned(folder, owner)) await rm(fileIn(folder), { force: true })
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
    else await removeOdd(folder)
    return
  }
  const found = await ownerIn(grave)
  if (found?.nonce === stale.nonce) await rm(file, { force: true })
  await rm(grave, { force: true })
}

/** What is no file has no link, where the system has none of it. */
async function removeOdd(folder: string): Promise<void> {
  const file = fileIn(folder)
  const found = await lstat(file).catch(() => undefined)
  if (found?.isDirectory()) throw unavailable(folder, "a folder in the place of 'owner.json'")
  if (found && !found.isFile()) await rm(file, { force: true })
}

async function abandoned(grave: string): Promise<void> {
  const since = await stat(grave).catch(() => undefined)
  if (since && Date.now() - since.ctimeMs > REMOVING_MS) await rm(grave, { force: true })
}
