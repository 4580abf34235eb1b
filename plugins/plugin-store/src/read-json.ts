import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { fail } from './errors.ts'

/** More is no manifest and no lock. */
const MOST_BYTES = 16 * 1024 * 1024
const { O_RDONLY, O_NONBLOCK } = constants

/** The parsed file, or undefined where there is none. @throws PLUGIN_STORE_FAILED */
export function readJson(file: string): unknown {
  try {
    const text = readText(file)
    return text === undefined ? undefined : (JSON.parse(text) as unknown)
  } catch (cause) {
    const text = `'${file}' cannot be read: expected JSON, found ${(cause as Error).message}`
    const hint = 'Restore it, or remove it and install the plugins again.'
    throw fail('PLUGIN_STORE_FAILED', text, hint, cause)
  }
}

/** Waits for no pipe, and reads no device: a folder of somebody else may have one for a package.json. */
function readText(file: string): string | undefined {
  let fd: number | undefined
  try {
    fd = openSync(file, O_RDONLY | O_NONBLOCK)
    const info = fstatSync(fd)
    if (!info.isFile()) throw new TypeError('what is no plain file.')
    if (info.size > MOST_BYTES) throw new TypeError('more than 16 MiB.')
    return readFileSync(fd, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
