import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SpellError } from '@llmspell/sdk'
import { makeFolders } from '../folders.ts'

/** A file to write. */
export interface Text {
  /** From the folder, with slashes. */
  readonly path: string
  readonly text: string
  /** Stands in the first line of what we wrote ourselves and may write anew. */
  readonly mark?: string
}

/** What became of a file. `kept`: there was another one, and it stays. */
export interface Written {
  readonly path: string
  readonly action: 'wrote' | 'kept' | 'unchanged'
}

/** Writes a file unless there is one that is not ours. @throws FILE_UNWRITABLE */
export function writeText(folder: string, file: Text, force: boolean): Written {
  const { path, text, mark } = file
  return attempt(path, () => {
    const full = join(folder, path)
    const found = existsSync(full) ? readFileSync(full, 'utf8') : undefined
    if (found === text) return { path, action: 'unchanged' }
    const ours = mark !== undefined && found?.split('\n', 1)[0]?.includes(mark)
    if (found !== undefined && !ours && !force) return { path, action: 'kept' }
    makeFolders(dirname(full))
    writeFileSync(full, text)
    return { path, action: 'wrote' }
  })
}

/** Adds a line to a file, made where there is none. @throws FILE_UNWRITABLE */
export function addLine(folder: string, path: string, line: string): Written {
  return attempt(path, () => {
    const full = join(folder, path)
    const found = existsSync(full) ? readFileSync(full, 'utf8') : ''
    if (found.split(/\r?\n/).includes(line)) return { path, action: 'unchanged' }
    const gap = found === '' || found.endsWith('\n') ? '' : '\n'
    writeFileSync(full, `${found}${gap}${line}\n`)
    return { path, action: 'wrote' }
  })
}

/** Makes the folder where there is none. @throws FILE_UNWRITABLE */
export function makeFolder(folder: string): void {
  attempt(folder, () => void makeFolders(folder))
}

/** @throws FILE_NOT_FOUND */
export function mustBeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  throw new SpellError('FILE_NOT_FOUND', `There is no folder '${folder}'.`, {
    hint: `Make it with: llmspell init ${folder}`,
  })
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const text = `'${path}' could not be written: ${(cause as Error).message}.`
    throw new SpellError('FILE_UNWRITABLE', text, {
      hint: 'Choose another folder, or take what is in the way aside.',
      cause,
    })
  }
}
