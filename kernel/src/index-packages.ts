import { dirname, join } from 'node:path'
import { isRecord } from './files.ts'
import { factsOf, readIndex, writeIndex, type Package } from './index-file.ts'
import type { KernelOptions } from './options.ts'

const fs = process.getBuiltinModule('node:fs')

type Place = NonNullable<KernelOptions['index']>

/** Changes that are younger may have been made within the same tick of the file system's clock. */
const YOUNG_MS = 2000

/**
 * The packages that a package.json names, as an earlier start read them; undefined unless each file and each folder that
 * said so is as it was. Never throws.
 */
export function keptPackages(place: Place, file: string): readonly Package[] | undefined {
  const index = readIndex(indexFile(place, file))
  if (index?.['file'] !== file) return undefined
  const { stamps, packages } = index
  if (!isRecord(stamps) || !Array.isArray(packages) || !packages.every(isPackage)) return undefined
  const looked = packages.every(([root]) => Object.hasOwn(stamps, `${root}/package.json`))
  const same = Object.entries(stamps).every(([path, stamp]) => stampOf(path)?.text === stamp)
  const named = [file, place.program].every((path) => Object.hasOwn(stamps, path))
  return looked && same && named ? packages : undefined
}

/** Keeps what was read, for the next start. Never throws. */
export function keepPackages(
  place: Place,
  file: string,
  packages: readonly Package[],
  now = Date.now(),
): void {
  const files = packages.map(([root]) => `${root}/package.json`)
  const paths = [file, place.program, ...searched(file, packages), ...files]
  const stamps = paths.map((path) => [path, stampOf(path)] as const)
  if (stamps.some(([, stamp]) => stamp === undefined || stamp.changed > now - YOUNG_MS)) return
  const texts = Object.fromEntries(stamps.map(([path, stamp]) => [path, stamp!.text]))
  const kept = packages.map(([root, json]) => [root, factsOf(json)])
  writeIndex(indexFile(place, file), { file, stamps: texts, packages: kept })
}

/** The folders where a package of that name could come to lie, and so be found first. */
function searched(file: string, packages: readonly Package[]): readonly string[] {
  const names = packages.map(([root]) => root.slice(root.lastIndexOf('/node_modules/') + 14))
  const scopes = new Set(
    names.map((name) => (name.startsWith('@') ? `/${name.split('/')[0]}` : '')),
  )
  const folders: string[] = []
  for (let at = dirname(file), last = ''; at !== last; last = at, at = dirname(at))
    folders.push(...[...scopes].map((scope) => `${at}/node_modules${scope}`))
  return folders
}

interface Stamp {
  readonly text: string
  /** When it was changed last, ms. */
  readonly changed: number
}

/** What differs once a file was written or replaced: no program can set the time of a change. */
function stampOf(path: string): Stamp | undefined {
  try {
    const info = fs.statSync(path, { throwIfNoEntry: false })
    if (!info) return { text: '', changed: 0 }
    const { mtimeMs, ctimeMs, size, ino } = info
    return { text: `${mtimeMs} ${ctimeMs} ${size} ${ino}`, changed: Math.max(mtimeMs, ctimeMs) }
  } catch {
    return undefined
  }
}

function isPackage(value: unknown): value is Package {
  return Array.isArray(value) && typeof value[0] === 'string' && isRecord(value[1])
}

/** One file for each package.json: several copies of a program share one folder. */
function indexFile({ folder }: Place, file: string): string {
  let hash = 7
  for (let at = 0; at < file.length; at++) hash = (hash * 31 + file.charCodeAt(at)) >>> 0
  return join(folder, `manifests-${hash.toString(36)}.json`)
}
