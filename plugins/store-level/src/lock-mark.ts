import { statSync } from 'node:fs'
import { join } from 'node:path'
import { SpellError } from '@llmspell/sdk'

/** Tells the database of a folder from all others: its lock is held open, so that no other file has its number meanwhile. */
export function lockMark(place: string): string | undefined {
  const found = statSync(join(place, 'LOCK'), { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

/** STATE_UNAVAILABLE of a store whose folder was taken away while it is open. */
export function folderGone(folder: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store in '${folder}' is not there: expected the folder that was opened, found it removed, moved or replaced. What was not written before is lost.`,
    { hint: 'Put the folder back, or end this process and start again.', details: { folder } },
  )
}
