import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { SpellError } from '@llmspell/sdk'

const MOST_BYTES = 1024 * 1024
const WRITABLE_BY_ALL = 0o002

/**
 * The text of a policy file; undefined where there is none.
 * @param label for texts
 * @throws POLICY_INVALID for what is no file of a sane size, or one that anybody may write
 */
export async function readPolicy(path: string, label: string): Promise<string | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const info = await file.stat()
    if (!info.isFile()) throw unusable(label, 'is no file', 'Put a TOML file there.')
    if (info.size > MOST_BYTES) throw unusable(label, 'is larger than 1 MiB', 'Shorten it.')
    if (process.platform !== 'win32' && info.mode & WRITABLE_BY_ALL)
      throw unusable(label, 'may be written by anybody', `Run: chmod o-w ${label}`)
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile())
  } catch (error) {
    if (error instanceof SpellError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const reason =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is no UTF-8 text' : `cannot be read (${code})`
    throw unusable(label, reason, 'Correct it, or take it away.')
  }
}

export function unusable(label: string, reason: string, hint: string): SpellError {
  return new SpellError('POLICY_INVALID', `Policy file '${label}' ${reason}.`, { hint })
}
