import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What the code of a plugin is made of, as real folders. */
export interface Place {
  /** Its own folder, and those of the packages that it depends on. */
  readonly folders: readonly string[]
  /** Links by which they are found, to the folders. */
  readonly links: Readonly<Record<string, string>>
}

const MOST_PACKAGES = 2000
const LISTS = ['dependencies', 'optionalDependencies', 'peerDependencies']

/**
 * The folders that a plugin may read: its own, and what its package.json files name, found as Node finds packages.
 * What lies beside them, such as other plugins, is none of them.
 * @param project nothing is looked for above this folder, and no link followed out of it
 */
export function placeOf(root: string, project?: string): Place {
  const own = realpathSync(root)
  const bounds = project === undefined ? undefined : realpathSync(project)
  const folders = new Set([own])
  const links: Record<string, string> = {}
  for (const folder of folders) {
    if (folders.size > MOST_PACKAGES) break
    for (const name of needsOf(folder)) {
      const path = found(name, folder, bounds)
      if (path === undefined) continue
      const real = realpathSync(path)
      if (!isWithin(real, bounds)) continue
      folders.add(real)
      if (real !== path) links[path] = real
    }
  }
  return { folders: outermost([...folders]), links: linksOutside(links, [...folders]) }
}

function needsOf(folder: string): readonly string[] {
  try {
    const json = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object
    return LISTS.flatMap((list) => Object.keys((json as Record<string, object>)[list] ?? {}))
  } catch {
    return []
  }
}

function found(name: string, from: string, bounds: string | undefined): string | undefined {
  // A name that leads elsewhere would show what lies there.
  if (!/^(@[\w.-]+\/)?[\w-][\w.-]*$/.test(name)) return undefined
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name)
    if (existsSync(join(path, 'package.json'))) return path
    if (folder === bounds || dirname(folder) === folder || !isWithin(folder, bounds))
      return undefined
  }
}

function isWithin(path: string, bounds: string | undefined): boolean {
  return bounds === undefined || path.startsWith(`${bounds}/`)
}

function outermost(folders: readonly string[]): readonly string[] {
  return folders.filter((one) => !folders.some((other) => one.startsWith(`${other}/`)))
}

/** What lies in a folder that is shown is shown with it. */
function linksOutside(
  links: Readonly<Record<string, string>>,
  folders: readonly string[],
): Readonly<Record<string, string>> {
  const outside = ([path]: readonly [string, string]): boolean =>
    !folders.some((folder) => path.startsWith(`${folder}/`))
  return Object.fromEntries(Object.entries(links).filter(outside))
}
