import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and those above it, one by one: Node's own way never ends below a folder like /proc, which
 * says of a new one that it is not there.
 * @returns true where it was not there
 */
export function makeFolders(folder: string, mode?: number): boolean {
  const path = resolve(folder)
  const missing: string[] = []
  for (let at = path; !isFolder(at); at = dirname(at)) missing.unshift(at)
  for (const one of missing) make(one, mode)
  return missing.length > 0
}

function make(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, mode === undefined ? {} : { mode })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error
  }
}

/** The root of all is taken for one, so that a search upwards ends. */
const isFolder = (path: string): boolean =>
  dirname(path) === path || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
