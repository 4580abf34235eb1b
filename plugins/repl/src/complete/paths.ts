import { readdir } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import type { GrantChain, PermissionSet, RunOptions } from '@llmspell/sdk'

const MOST = 200

/** Files and folders that a beginning of a path may mean, as far as reading them is granted. */
export async function pathsFor(text: string, options: RunOptions): Promise<readonly string[]> {
  const root = options.root ?? process.cwd()
  const before = text.slice(0, text.lastIndexOf('/') + 1)
  const folder = resolve(root, before)
  const start = text.slice(before.length)
  const rows = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return rows
    .filter(
      ({ name }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')),
    )
    .filter(({ name }) => mayList(resolve(folder, name), root, options))
    .slice(0, MOST)
    .map((row) => `${before}${row.name}${row.isDirectory() ? '/' : ''}`)
}

/** Files that commands name: those of whoever sits there. */
export function ownPaths(text: string, root = process.cwd()): Promise<readonly string[]> {
  return pathsFor(text, { root, allow: { read: ['/'] } })
}

/** True for what may be read, and for what leads to it. */
function mayList(
  path: string,
  root: string,
  { allow = {}, deny = {}, grants }: RunOptions,
): boolean {
  const chain: GrantChain = grants ?? [{ holder: '', allow, deny }]
  return chain.every(
    (layer) =>
      listOf(layer.allow).some(
        (given) => isIn(path, resolve(root, given)) || isIn(dirname(resolve(root, given)), path),
      ) && !listOf(layer.deny).some((given) => isIn(path, resolve(root, given))),
  )
}

function listOf(set: PermissionSet | undefined): readonly string[] {
  const read = set?.['read']
  return Array.isArray(read) ? (read as readonly string[]) : []
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
