import { lstat, readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { GrantChain } from '@llmspell/sdk'
import type { Rights } from './rights.ts'

/** What starts programs or gives rights by being there: read-only in a folder that may be written. */
const NAMES = [
  '.git',
  '.hg',
  '.svn',
  '.llmspell',
  '.env',
  '.envrc',
  '.vscode',
  '.idea',
  '.devcontainer',
  '.husky',
  '.github/workflows',
  '.github/actions',
  '.gitlab-ci.yml',
  '.circleci',
  '.pre-commit-config.yaml',
  '.yarnrc',
  '.yarnrc.yml',
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
  const named = namedBy(grants, root)
  const paths = NAMES.map((name) => join(folder, name)).filter((path) => !named.has(path))
  const read = await existing(paths)
  const parents = NAMES.filter((name) => name.includes('/')).map((name) => name.split('/')[0]!)
  const pinned = await existing([...new Set(parents)].map((name) => join(folder, name)))
  // What is read-only itself keeps its place.
  return { read, pinned: pinned.filter((path) => read.some((one) => one.startsWith(`${path}/`))) }
}

/** Paths that a rule for writing names as they are. */
export function namedBy(grants: GrantChain, root: string): ReadonlySet<string> {
  const rules = grants.flatMap(({ allow }) => allow['write'] ?? [])
  return new Set(rules.map((rule) => resolve(root, rule)))
}

const MOST = 1000
const DEPTH = 3

/** Folders, or files in their place, that make tools run programs wherever they lie. */
const OBEYED: ReadonlySet<string> = new Set(NAMES.filter((name) => /^\.[a-z]+$/.test(name)))

/**
 * What lies in a folder and may not be written though the folder may, or is obeyed by tools, as far as a look at its
 * first entries tells.
 */
export async function refusedIn(
  folder: string,
  rights: Rights,
  named: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: string[] = []
  let open = [folder]
  let seen = 0
  for (let depth = 0; depth < DEPTH; depth++) {
    const lists = await Promise.all(open.map((path) => entriesOf(path)))
    const entries = lists.flat().slice(0, MOST - seen)
    seen += entries.length
    const refused = entries.filter(
      (path) => !rights.may('write', path) || (OBEYED.has(basename(path)) && !named.has(path)),
    )
    found.push(...refused)
    open = entries.filter((path) => !refused.includes(path))
  }
  return existing(found)
}

async function entriesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() || OBEYED.has(entry.name))
    .map(({ name }) => join(folder, name))
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
