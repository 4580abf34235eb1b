import { entriesText } from '../print/counted.ts'
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { isSpellError, SpellError, type StateBackend } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { plain } from '../print/escape.ts'
import { err, out } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import { progressLine } from '../runs/store.ts'
import type { Stage } from '../stage.ts'
import { isLarge, tooLargeFor } from './large.ts'
import { endLine, entryLine, headLine } from './lines.ts'
import { openEntries } from './read.ts'
import { stateStore } from './store.ts'

const AT_ONCE = 64 * 1024

/** `state export`: what scripts have kept, one JSON line each, whole. */
export async function exportState(stage: Stage): Promise<void> {
  const file = text(stage.parsed, 'out')
  if (file === undefined && stage.json) throw needsFile()
  const store = await stateStore(stage)
  if (file === undefined) return void (await written(stage, store, (piece) => out(piece)))
  const entries = await inFile(file, isOn(stage.parsed, 'force'), (handle) =>
    written(stage, store, (piece) => handle.writeFile(piece)),
  )
  if (stage.json) out(`${toJson({ ok: true, file, entries })}\n`)
  else if (!stage.quiet) err(`${entriesText(entries)} in ${plain(file)}\n`)
}

async function written(
  stage: Stage,
  store: StateBackend,
  write: (piece: string) => Promise<void> | void,
): Promise<number> {
  const line = progressLine(stage)
  line.report({ who: 'state export', state: 'started' })
  let piece = headLine()
  let entries = 0
  for await (const entry of openEntries(store, stage)) {
    if (isLarge(entry.entry.value)) throw tooLargeFor(entry)
    piece += entryLine(entry)
    entries++
    if (piece.length < AT_ONCE) continue
    await write(piece)
    piece = ''
    line.report({ who: 'state export', state: 'active', text: entriesText(entries) })
  }
  line.clear()
  await write(piece + endLine(entries))
  return entries
}

/** A new file for its owner alone, whole or not at all. @throws FILE_UNWRITABLE */
export async function inFile<T>(
  file: string,
  replace: boolean,
  fill: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  if (!replace && (await exists(file))) throw taken(file)
  const part = `${file}.${process.pid}.part`
  try {
    const handle = await open(part, 'wx', 0o600)
    let result: T
    try {
      result = await fill(handle)
      await handle.sync()
    } finally {
      await handle.close().catch(() => {})
    }
    await rename(part, file)
    return result
  } catch (error) {
    await rm(part, { force: true })
    throw isSpellError(error) ? error : unwritable(file, error)
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

function taken(file: string): SpellError {
  return new SpellError('FILE_UNWRITABLE', `File '${file}' exists already.`, {
    hint: 'Name another, or replace it with --force.',
  })
}

function unwritable(file: string, cause: unknown): SpellError {
  const { code } = cause as NodeJS.ErrnoException
  return new SpellError('FILE_UNWRITABLE', `File '${file}' cannot be written: ${code}.`, {
    hint: 'Name a file in a folder of yours.',
    cause,
  })
}

function needsFile(): SpellError {
  return new SpellError('FLAG_INVALID', "Flag '--json' needs '--out' here.", {
    hint: 'An export is JSON Lines by itself: leave --json out, or name a file.',
  })
}
