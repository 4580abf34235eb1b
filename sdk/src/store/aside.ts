import { readdirSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpellError } from '../errors.ts'
import { damaged } from './errors.ts'

/** Begins the name of a folder in which the store is filled that takes the place of a damaged one. */
export const ANEW = 'anew-'
const ASIDE = 'damaged-'

export interface Renewal {
  /** Where the damaged store lies. */
  readonly folder: string
  /** A folder in it with a whole store that is closed. */
  readonly by: string
  /** Names of what makes up a store. */
  readonly files: RegExp
}

/** Puts one store in the place of another, and says where that lies since. */
export async function renewedFiles({ folder, by, files }: Renewal): Promise<string> {
  const time = new Date().toISOString().replaceAll(/[-:.Z]/g, '')
  const aside = join(folder, `${ASIDE}${time}`)
  await mkdir(aside, { mode: 0o700 })
  await moved(folder, aside, files)
  await moved(by, folder, files)
  // Last: while one of these is there, a store that is missing is missed.
  for (const name of await readdir(folder))
    if (name.startsWith(ANEW)) await rm(join(folder, name), { recursive: true, force: true })
  return aside
}

async function moved(from: string, to: string, files: RegExp): Promise<void> {
  for (const name of await readdir(from))
    if (files.test(name)) await rename(join(from, name), join(to, name))
}

/**
 * STATE_DAMAGED of a store without a row, where something beside it says that it had some.
 *
 * @param notes names of files that are written once a store has rows
 */
export function lostStore(folder: string, notes: readonly string[]): SpellError | undefined {
  const there = readdirSync(folder)
  const told = there.find((name) => notes.includes(name) || name.startsWith(ANEW))
  if (told === undefined) return undefined
  return damaged(`The store in '${folder}'`, `it empty, though '${told}' says that it had content`)
}
