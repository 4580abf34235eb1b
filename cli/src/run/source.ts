import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { didYouMean, nearest, SpellError } from '@llmspell/sdk'
import type { Source } from '../print/failure.ts'
import { Irregular, readRegular } from '../regular.ts'
import { isRunVerb, RUN_VERBS } from '../runs/flags.ts'

const MOST_MIB = 16

/**
 * Reads a script; `-` reads all of stdin, and nothing else ever does.
 * @throws FILE_NOT_FOUND with the nearest name in the folder, FILE_UNREADABLE
 */
export function readSource(file: string): Source {
  try {
    const bytes = file === '-' ? readFileSync(0) : readRegular(file, MOST_MIB)
    return { file: file === '-' ? '(stdin)' : file, text: decode(bytes, file) }
  } catch (error) {
    throw error instanceof SpellError ? error : explained(error as NodeJS.ErrnoException, file)
  }
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SpellError('FILE_UNREADABLE', `Script '${file}' is no UTF-8 text.`, {
      hint: 'Name a script, or save it as UTF-8.',
      cause,
    })
  }
}

function explained(error: NodeJS.ErrnoException, file: string): SpellError {
  if (error instanceof Irregular) return irregular(error, file)
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return notFound(file)
  return new SpellError('FILE_UNREADABLE', `Script '${file}' cannot be read: ${error.message}.`, {
    hint: 'Name a file that you may read.',
  })
}

function irregular({ message }: Irregular, file: string): SpellError {
  return new SpellError('FILE_UNREADABLE', `Script '${file}' ${message}.`, {
    hint: message.includes('a folder') ? folderHint(file) : "Name a file; '-' reads stdin.",
  })
}

function notFound(file: string): SpellError {
  const siblings = names(dirname(file))
  const verb = nearest(file, RUN_VERBS)
  const otherwise = verb === undefined ? PATHS : `Did you mean 'llmspell run ${verb}'?`
  return new SpellError('FILE_NOT_FOUND', `Script '${file}' does not exist.`, {
    hint: isRunVerb(file) ? behindRun(file) : didYouMean(basename(file), siblings, otherwise),
  })
}

const PATHS = 'Paths start from the working folder.'

/** A verb that stands behind flags was taken for a script. */
function behindRun(verb: string): string {
  return `Write the command right behind run: llmspell run ${verb}`
}

function folderHint(folder: string): string {
  const script = names(folder).find((name) => /^(main|index|init)\.\w+$/.test(name))
  return script === undefined
    ? 'Name a script in it.'
    : `Did you mean '${folder.replace(/\/$/, '')}/${script}'?`
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
