import type { Stats } from 'node:fs'
import { isAbsolute, resolve, sep } from 'node:path'

// `import … from 'node:fs'` also loads fs/promises, which costs more than the rest of the kernel.
const fs = process.getBuiltinModule('node:fs')

/** The parsed JSON file, or undefined where there is none. @throws SyntaxError, with the file named */
export function readJson(file: string): unknown {
  const text = readText(file)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new SyntaxError(`'${file}' is no JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** More is no manifest, lock or schema. */
const MOST_BYTES = 16 * 1024 * 1024
const { O_RDONLY, O_NONBLOCK } = fs.constants

function readText(file: string): string | undefined {
  return readRegular(file, (fd) => fs.readFileSync(fd, 'utf8'))
}

/** What a regular file has, or undefined where there is none. Waits for no pipe. @throws what the system raises */
export function readRegular<T>(file: string, read: (fd: number, info: Stats) => T): T | undefined {
  let fd: number | undefined
  try {
    fd = fs.openSync(file, O_RDONLY | O_NONBLOCK)
    const info = fs.fstatSync(fd)
    if (!info.isFile()) throw new TypeError(`'${file}' is no file.`)
    if (info.size > MOST_BYTES) throw new TypeError(`'${file}' is larger than 16 MiB.`)
    return read(fd, info)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  } finally {
    if (fd !== undefined) fs.closeSync(fd)
  }
}

/** The absolute path of a file inside a folder, or undefined where it would be outside. */
export function inside(folder: string, path: string): string | undefined {
  if (isAbsolute(path)) return undefined
  const file = resolve(folder, path)
  return file.startsWith(resolve(folder) + sep) ? file : undefined
}

/** True for an object that is no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function exists(file: string): boolean {
  try {
    return fs.existsSync(file)
  } catch {
    // Under --permission Node raises where it may not look.
    return false
  }
}
