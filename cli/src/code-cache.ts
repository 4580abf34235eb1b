// node:vm is no boundary here: it is the only way to keep the compiled code of a file after it has run. Node's own
// compile cache is taken before, lacks every function that was compiled since, and so costs a start 5 ms more.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The build ends each file with a line that names its content. */
const MARK = /\/\/# content ([0-9a-f]+)\s*$/

/** A file of ours, loaded with the code that an earlier process compiled. */
export interface Loaded {
  readonly exports: unknown
  /** Keeps the code that this process has compiled so far. Never throws: without a cache all works, later. */
  readonly keep: () => void
}

/**
 * Loads a CommonJS file. Code kept for another content, another Node or other flags is not used.
 * @param folder where compiled code is kept; made when needed, with rights for its owner only
 */
export function loadKept(file: string, folder: string): Loaded {
  const vm = process.getBuiltinModule('node:vm')
  const source = readFileSync(file, 'utf8')
  const kept = keptFile(source, folder)
  const cachedData = kept === undefined ? undefined : read(kept)
  const script = new vm.Script(`(function (exports, require, module, __import) {${source}\n})`, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
  const module = { exports: {} }
  const load = (name: string): Promise<unknown> => import(name)
  script.runInThisContext()(module.exports, createRequire(file), module, load)
  const fresh = cachedData !== undefined && script.cachedDataRejected !== true
  const keep = (): void => {
    if (kept !== undefined && !fresh) write(kept, script.createCachedData())
  }
  return { exports: module.exports, keep }
}

function keptFile(source: string, folder: string): string | undefined {
  const content = MARK.exec(source.slice(-60))?.[1]
  return content && join(folder, `main-${content}-${process.version}-${process.arch}.code`)
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

function write(file: string, code: Buffer): void {
  const made = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(made, code, { mode: 0o600 })
    renameSync(made, file)
  } catch {
    rmSync(made, { force: true })
  }
}
