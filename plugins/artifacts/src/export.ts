import type { Access, Files } from '@llmspell/sdk'
import { noFiles } from './errors.ts'

/**
 * Writes a content to a new file under the caller's grants; what stands there already is left alone.
 * @returns the path as it was understood
 */
export async function exportTo(
  files: Files | undefined,
  path: string,
  content: AsyncIterable<Uint8Array>,
  access: Access,
): Promise<string> {
  if (!files) throw noFiles('export')
  await using file = await files.write(path, access, { mode: 'create' })
  for await (const piece of content) await file.write(piece)
  await file.commit()
  return file.path
}
