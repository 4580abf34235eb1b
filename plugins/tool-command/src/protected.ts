import { lstat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { GrantChain } from '@llmspell/sdk'

/** What starts programs or gives rights by being there: read-only in a folder that may be written. */
const NAMES = [
  '.git/hooks',
  '.git/config',
  '.llmspell',
  '.env',
  '.config',
  '.ssh',
  '.gnupg',
  '.npmrc',
  '.gitconfig',
  '.profile',
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.local/bin',
  '.local/share/llmspell',
  '.local/state/llmspell',
  'node_modules/.bin',
  'package.json',
]

/** Paths of a writable folder that stay read-only, and the folders on the way, which must keep their place. */
export interface Protected {
  readonly read: readonly string[]
  readonly pinned: readonly string[]
}

export async function protectedIn(
  folder: string,
  grants: GrantChain,
  root: string,
): Promise<Protected> {
  const named = new Set(
    grants.flatMap(({ allow }) => allow['write'] ?? []).map((rule) => resolve(root, rule)),
  )
  const paths = NAMES.map((name) => join(folder, name)).filter((path) => !named.has(path))
  const read = await existing(paths)
  const parents = NAMES.filter((name) => name.includes('/')).map((name) => name.split('/')[0]!)
  const pinned = await existing([...new Set(parents)].map((name) => join(folder, name)))
  // What is read-only itself keeps its place.
  return { read, pinned: pinned.filter((path) => read.some((one) => one.startsWith(`${path}/`))) }
}

/** A link is left out: what it leads to lies elsewhere. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const facts = await lstat(path).catch(() => undefined)
      return facts !== undefined && (facts.isDirectory() || facts.isFile()) ? path : undefined
    }),
  )
  return found.filter((path) => path !== undefined)
}
