// node:vm is no boundary here: it is the only way to keep the compiled code of a file after it has run. Node's own
// compile cache is taken before, lacks every function that was compiled since, and so costs a start 5 ms more.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  type Stats,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { makeFolders } from './folders.ts'

/** The build ends each file with a line that names its content. */
const MARK = /\/\/# content ([0-9a-f]+)\s*$/

/** A file of ours, loaded with the code that an earlier process compiled. */
export interface Loaded {
  readonly exports: unknown
  /** Keeps the code that this process has compiled so far. Never throws: without a cache all works, later. */
  readonly keep: () => void
}

/** Makes the folder where needed; true where nobody but this user can put code into it. Never throws. */
export function keepsCode(folder: string): boolean {
  try {
    makeFolders(folder, 0o700)
    const info = lstatSync(folder)
    return info.isDirectory() && isOurs(info)
  } catch {
    return false
  }
}

/**
 * Loads a CommonJS file. Code kept for another content, another Node or other flags is not used.
 * @param folder where compiled code is kept, one of which {@link keepsCode} is true; none keeps nothing
 */
export function loadKept(file: string, folder: string | undefined): Loaded {
  const vm = process.getBuiltinModule('node:vm')
  const source = readFileSync(file, 'utf8')
  const kept = folder && keptFile(source, folder)
  const cachedData = kept ? read(kept) : undefined
  const script = new vm.Script(`(function (exports, require, module, __import) {${source}\n})`, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  const module = { exports: {} }
  const load = (name: string): Promise<unknown> => import(name)
  script.runInThisContext()(module.exports, createRequire(file), module, load)
  const fresh = cachedData !== undefined && script.cachedDataRejected !== true
  const keep = (): void => {
    if (kept && !fresh) write(kept, script.createCachedData())
  }
  return { exports: module.exports, keep }
}

function keptFile(source: string, folder: string): string | undefined {
  const content = MARK.exec(source.slice(-60))?.[1]
  return content && join(folder, `main-${content}-${process.version}-${process.arch}.code`)
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

function read(file: string): Buffer | undefined {
  let fd: number | undefined
  try {
    fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const info = fstatSync(fd)
    return info.isFile() && isOurs(info) ? whole(readFileSync(fd)) : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** The code lies in a file twice: V8 trusts it blindly and dies of damage, and a hash would cost a start more. */
function whole(twice: Buffer): Buffer | undefined {
  const middle = twice.length / 2
  const code = twice.subarray(0, middle)
  return Number.isInteger(middle) && code.equals(twice.subarray(middle)) ? code : undefined
}

/** Belongs to this user, and neither group nor others may write. Windows has no such owner. */
function isOurs({ uid, mode }: Stats): boolean {
  const own = process.getuid?.()
  return own === undefined || (uid === own && (mode & 0o022) === 0)
}

function write(file: string, code: Buffer): void {
  const made = `${file}.${process.pid}`
  try {
    writeFileSync(made, Buffer.concat([code, code]), { mode: 0o600, flag: 'wx' })
    renameSync(made, file)
  } catch {
    rmSync(made, { force: true })
  }
}
