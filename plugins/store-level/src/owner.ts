import { SpellError } from '@llmspell/sdk'

const REGISTRY = Symbol.for('llmspell.store-level.open')

/** Shared by all copies of this module: a second open in one process would drop the lock of the first. */
function openFolders(): Set<string> {
  const globals = globalThis as { [REGISTRY]?: Set<string> }
  return (globals[REGISTRY] ??= new Set())
}

/** @throws STATE_BUSY where this process has the folder open */
export function claim(folder: string): void {
  if (openFolders().has(folder)) throw busy(folder, 'this process')
  openFolders().add(folder)
}

export function release(folder: string): void {
  openFolders().delete(folder)
}

/** The database of a folder is locked by a process that is not this one. */
export const locked = (folder: string): SpellError => busy(folder, 'another process')

function busy(folder: string, owner: string): SpellError {
  return new SpellError(
    'STATE_BUSY',
    `The store in '${folder}' is in use: expected it free, found it open in ${owner}.`,
    {
      hint:
        owner === 'this process'
          ? 'Use the store that is open, or close it first.'
          : `Wait for ${owner} to end, or end it.`,
      details: { folder },
    },
  )
}
