import { renewedFiles } from '@llmspell/sdk/store'
import { neverFree } from './errors.ts'
import { folderMark, isGone, readOwner, removeStale, signOwner, unsignOwner } from './owner-file.ts'

const FILES = /^(?:level-\d+|current|head\.json|tail)$/

export interface Renew {
  readonly folder: string
  readonly by: string
}

/** Under the name of the owner, so that nobody opens it meanwhile. @throws STATE_BUSY */
export async function renew(options: Renew): Promise<string> {
  const { folder } = options
  const owner = await readOwner(folder)
  if (owner && isGone(owner, await folderMark(folder))) await removeStale(folder, owner)
  const own = await signOwner(folder, '')
  if (!own) throw neverFree(folder, owner?.pid)
  try {
    return await renewedFiles({ ...options, files: FILES })
  } finally {
    await unsignOwner(folder, own)
  }
}
