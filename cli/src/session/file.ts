import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { SpellError } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { counted } from '../print/counted.ts'
import { plain } from '../print/escape.ts'
import { out, outBytes } from '../print/output.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { findSession } from './find.ts'
import { sessionsOf } from './service.ts'

/** `session export ID FILE`: whole or not at all; `-` is stdout. */
export async function exportSession(stage: Stage): Promise<void> {
  const [given, file] = stage.parsed.args as [string, string]
  if (file === '-' && stage.json) throw bothOnStdout()
  const { sessions } = await sessionsOf(stage)
  const { id } = await findSession(sessions, given)
  const content = sessions.export(id)
  if (file === '-') {
    for await (const piece of content) outBytes(piece)
    return
  }
  const bytes = await written(file, content, isOn(stage.parsed, 'force'))
  if (stage.json) out(`${toJson({ ok: true, session: id, file, bytes })}\n`)
  else out(`${id} is in ${plain(file)}, ${bytes} bytes.\n`)
}

/** `session import FILE`. */
export async function importSession(stage: Stage): Promise<void> {
  const file = stage.parsed.args[0]!
  const as = text(stage.parsed, 'as')
  const facts = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw notRead(file, cause)
  })
  if (!facts.isFile()) throw unreadable(file, { code: 'not a file' })
  const { sessions } = await sessionsOf(stage)
  const came = await sessions.import(
    () => createReadStream(file) as AsyncIterable<Uint8Array>,
    as === undefined ? {} : { as },
  )
  const { session, runs, artifacts, state } = came
  if (stage.json) out(`${toJson({ ok: true, ...came })}\n`)
  else
    out(
      `${session.id} is here: ${counted(runs, 'run')}, ${counted(artifacts, 'artifact')}, ${counted(state, 'value')} of its state.\n`,
    )
}

async function written(
  file: string,
  content: AsyncIterable<Uint8Array>,
  replace: boolean,
): Promise<number> {
  const there = await stat(file).then(
    () => true,
    () => false,
  )
  if (there && !replace) throw unwritable(file, 'exists already')
  const part = `${file}.${process.pid}.part`
  let bytes = 0
  try {
    await using handle = await open(part, 'wx', 0o600)
    for await (const piece of content) {
      bytes += piece.byteLength
      await handle.writeFile(piece)
    }
    await handle.sync()
  } catch (error) {
    await rm(part, { force: true })
    if (error instanceof SpellError) throw error
    throw unwritable(file, `cannot be written: ${(error as NodeJS.ErrnoException).code}`)
  }
  await rename(part, file)
  return bytes
}

function bothOnStdout(): SpellError {
  return new SpellError('FLAG_INVALID', "Flag '--json' and the file '-' both write to stdout.", {
    hint: 'Name a file, or leave --json out.',
  })
}

function unwritable(file: string, reason: string): SpellError {
  return new SpellError('FILE_UNWRITABLE', `File '${file}' ${reason}.`, {
    hint: 'Name another, or replace one that is there with --force.',
  })
}

function notRead(file: string, cause: NodeJS.ErrnoException): SpellError {
  return new SpellError('FILE_UNREADABLE', `File '${file}' cannot be read: ${cause.code}.`, {
    hint: 'Name a file that llmspell session export has written.',
    cause,
  })
}

function unreadable(file: string, { code }: { readonly code?: string | undefined }): SpellError {
  return new SpellError('SESSION_FILE_DAMAGED', `File '${file}' cannot be read: ${code}.`, {
    hint: 'Name a file that llmspell session export has written.',
  })
}
