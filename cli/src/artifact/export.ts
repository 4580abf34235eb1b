import { open, rename, rm, stat } from 'node:fs/promises'
import { SpellError, type Artifacts } from '@llmspell/sdk'
import { outBytes } from '../print/output.ts'

/**
 * Writes a content to a file, whole or not at all; `-` is stdout.
 * @param replace whether a file that is there may go
 * @throws FILE_UNWRITABLE; what reading the artifact throws
 */
export async function exportArtifact(
  artifacts: Artifacts,
  id: string,
  file: string,
  replace: boolean,
): Promise<void> {
  if (file === '-') {
    for await (const piece of artifacts.read(id)) outBytes(piece)
    return
  }
  if (!replace && (await exists(file))) throw taken(file)
  const part = `${file}.${process.pid}.part`
  try {
    await writePart(artifacts, id, part)
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error instanceof SpellError ? error : unwritable(file, error)
  }
}

async function writePart(artifacts: Artifacts, id: string, part: string): Promise<void> {
  await using handle = await open(part, 'wx')
  for await (const piece of artifacts.read(id)) await handle.writeFile(piece)
}

async function exists(file: string): Promise<boolean> {
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
    hint: 'Name a file in a folder that you may write to.',
    cause,
  })
}
