import type { Access, Files } from '@llmspell/sdk'
import type { Content } from './content.ts'

/**
 * Writes a content to a new file under the caller's grants, piece by piece: of any size.
 * @returns the path as it was understood
 * @throws FILE_EXISTS and what reading or writing throws
 */
export async function saveTo(
  path: string,
  content: Content,
  files: Files,
  access: Access,
): Promise<string> {
  await using file = await files.write(path, access, { mode: 'create' })
  for await (const piece of content.pieces(access)) await file.write(piece)
  await file.commit()
  return file.path
}
