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

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
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
