import { statSync } from 'node:fs'
import { basename, extname, join, sep } from 'node:path'
import type { Kernel } from '@llmspell/kernel'
import {
  SpellError,
  toErrorRecord,
  type TapeOptions,
  type TapeReport,
  type Value,
} from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import { err } from '../print/output.ts'
import type { Parsed } from '../parse.ts'
import type { Stage } from '../stage.ts'
import { text } from './options.ts'

/** Settings of a run that uses a tape; none for one that does not. */
export type TapeSettings = { readonly tape?: Value }

/**
 * Runs with the cassette that the flags name, and ends it: what was recorded is written also where the run failed.
 * @param name of the script or tool: that of the cassette where the flags name a folder
 * @throws CASSETTE_NOT_FOUND, CASSETTE_INVALID, CASSETTE_SECRET, CASSETTE_UNWRITABLE, FLAG_INVALID
 */
export async function withTape<T>(
  { parsed, quiet }: Stage,
  kernel: Kernel,
  name: string,
  run: (settings: TapeSettings) => Promise<T>,
): Promise<T> {
  const options = tapeOptions(parsed, name)
  if (!options) return run({})
  const tape = await (await kernel.use('recorder')).open(options)
  let result: T
  try {
    result = await run({ tape: tape.id })
  } catch (error) {
    await tape.close().catch((other: unknown) => tellFailure(other, error))
    throw error
  }
  const report = await tape.close()
  if (!quiet) tell(options.file, report)
  return result
}

/** What the two flags mean; nothing where neither is given. @throws FLAG_INVALID */
export function tapeOptions(parsed: Parsed, name: string): TapeOptions | undefined {
  const [record, replay] = ['record', 'replay'].map((flag) => text(parsed, flag))
  if (record !== undefined && replay !== undefined && record !== replay) throw different()
  const path = record ?? replay
  if (path === undefined) return undefined
  const file = isFolder(path) ? join(path, `${bare(name)}.json`) : path
  if (record === undefined) return { file, mode: 'replay' }
  return { file, mode: replay === undefined ? 'record' : 'auto' }
}

function isFolder(path: string): boolean {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory()
  return isDirectory === true || path.endsWith('/') || path.endsWith(sep)
}

function bare(name: string): string {
  const base = basename(name)
  return base.slice(0, base.length - extname(base).length).replaceAll(/[()]/g, '')
}

function tell(file: string, { recorded, unused, written }: TapeReport): void {
  if (written) err(`recorded: ${answers(recorded)} in ${plain(file)}\n`)
  if (unused.length === 0) return
  const rows = unused.map((row) => `  ${plain(row)}\n`).join('')
  const were = unused.length === 1 ? 'was' : 'were'
  err(`warning: ${answers(unused.length)} of ${plain(file)} ${were} not asked for:\n${rows}`)
}

/** A number of answers, in words. */
export const answers = (count: number): string => (count === 1 ? '1 answer' : `${count} answers`)

/** The failure of the run is the one to be told, unless both are the same. */
function tellFailure(other: unknown, error: unknown): void {
  const [left, right] = [toErrorRecord(other), toErrorRecord(error)]
  if (left.code !== right.code) err(`warning: ${plain(left.code)}: ${plain(left.message)}\n`)
}

function different(): SpellError {
  const message = "Flags '--record' and '--replay' name different cassettes."
  return new SpellError('FLAG_INVALID', message, {
    hint: 'Leave one of them out, or give both the same path.',
  })
}
