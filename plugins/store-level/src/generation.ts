import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { damaged } from '@llmspell/sdk/store'

const FIRST = 'level-1'
const DRAFT = '.new'
const FOLDER = /^level-(\d+)$/

/** Each restore fills a folder of its own; a file says which one counts. @throws STATE_DAMAGED */
export async function currentFolder(home: string): Promise<string> {
  const text = await readFile(join(home, 'current'), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return FIRST
    throw error
  })
  const name = text.trim()
  if (!FOLDER.test(name)) throw damaged(`'current' of '${home}'`, `'${name.slice(0, 20)}'`)
  return join(home, name)
}

export async function nextFolder(home: string): Promise<string> {
  const numbers = (await readdir(home)).map((name) => Number(FOLDER.exec(name)?.[1] ?? 0))
  return join(home, `level-${Math.max(1, ...numbers) + 1}`)
}

/** In one step, kept through a loss of power. */
export async function makeCurrent(home: string, folder: string): Promise<void> {
  await writeWhole(home, 'current', `${folder.slice(home.length + 1)}\n`)
}

/** A file that is there with all of its text, or with all of its old one. */
export async function writeWhole(home: string, name: string, text: string): Promise<void> {
  const draft = join(home, `${name}${DRAFT}`)
  await using file = await open(draft, 'w', 0o600)
  await file.writeFile(text)
  await file.sync()
  await rename(draft, join(home, name))
  if (process.platform !== 'win32') await syncFolder(home)
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}

/** Removes what a restore has replaced, or did not finish. */
export async function removeOthers(home: string, current: string): Promise<void> {
  for (const name of await readdir(home)) {
    const old = FOLDER.test(name) && join(home, name) !== current
    if (old || name.startsWith('spool-') || name.endsWith(DRAFT))
      await rm(join(home, name), { recursive: true, force: true })
  }
}
