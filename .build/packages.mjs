// The packages of this repository, from the workspaces of package.json.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

export function packages() {
  return readJson(join(root, 'package.json'))
    .workspaces.flatMap((pattern) => globSync(pattern, { cwd: root }).sort())
    .map((folder) => folder.replaceAll('\\', '/'))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const dir = join(root, folder)
      return { folder, dir, manifest: readJson(join(dir, 'package.json')) }
    })
}
