// The packages of this repository, from the workspaces of package.json.
// Not by name: older Nodes lack globSync, and check-node.mjs shall be the one to complain.
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

export function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'))
}

export function packages() {
  return readJson(join(root, 'package.json'))
    .workspaces.flatMap((pattern) => fs.globSync(pattern, { cwd: root }).sort())
    .map((folder) => folder.replaceAll('\\', '/'))
    .filter((folder) => fs.existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const dir = join(root, folder)
      return { folder, dir, manifest: readJson(join(dir, 'package.json')) }
    })
}
