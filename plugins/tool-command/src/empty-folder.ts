import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A working folder with nothing in it, gone with what was left there when it is disposed of. */
export interface EmptyFolder extends AsyncDisposable {
  readonly place: { readonly folder?: string }
}

/** @param needed without need there is none, and `place` says nothing */
export async function emptyFolder(needed: boolean): Promise<EmptyFolder> {
  if (!needed) return { place: {}, [Symbol.asyncDispose]: () => Promise.resolve() }
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'llmspell-empty-'))
  return {
    place: { folder },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
