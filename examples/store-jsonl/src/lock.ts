import { linkSync, readFileSync, rmSync, writeFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { standing, thisProcess, type ProcessMark } from '@llmspell/sdk/store'

/** Makes this process the only one that has the folder. @returns the undo. @throws STATE_BUSY */
export function claim(folder: string): () => void {
  const file = join(folder, 'owner.json')
  const own = JSON.stringify(thisProcess())
  if (!create(file, own)) {
    const found = read(file)
    if (found !== undefined && standing(JSON.parse(found) as ProcessMark) !== 'gone')
      throw busy(folder)
    if (found !== undefined) remove(file, found)
    if (!create(file, own)) throw busy(folder)
  }
  return () => rmSync(file, { force: true })
}

function create(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Of several processes that find the same owner gone, one takes its mark away; a newer mark is put back. */
function remove(file: string, wanted: string): void {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (readFileSync(aside, 'utf8') !== wanted) linkSync(aside, file)
    rmSync(aside)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

const busy = (folder: string): SpellError =>
  new SpellError(
    'STATE_BUSY',
    `The store in '${folder}' is in use: expected no other process, found one.`,
    { hint: 'End the other one first, or use a store that several processes share.' },
  )
