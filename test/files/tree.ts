import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

const MOST = 65_536

/** All that can be told of a folder and what is below it, as lines: any change to it changes them. */
export function treeOf(folder: string, prefix = ''): readonly string[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name)
      const { mode, nlink, ino, size } = lstatSync(path)
      const line = [prefix + name, mode, nlink, ino, size, contentOf(path)].join(' ')
      const isFolder = lstatSync(path).isDirectory()
      return isFolder ? [line, ...treeOf(path, `${prefix}${name}/`)] : [line]
    })
}

function contentOf(path: string): string {
  const info = lstatSync(path)
  if (info.isSymbolicLink()) return readlinkSync(path)
  return info.isFile() && info.size < MOST ? readFileSync(path, 'latin1') : ''
}
