import { execFile } from 'node:child_process'
import { posix } from 'node:path'
import { promisify } from 'node:util'
import type { Finding } from './finding.ts'
import { isTable, type PackageJson } from './manifest.ts'

/** What npm would publish. */
export interface Packed {
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

const MOST_BYTES = 5 * 1024 * 1024
const NEEDLESS =
  /(?:^|\/)(?:node_modules|coverage|\.env|\.npmrc)(?:\/|$|\.)|\.(?:test|spec)\.[cm]?[jt]s$/

/** Asks npm, which runs no script of the package for it; undefined where there is no npm. */
export async function packed(folder: string): Promise<Packed | undefined> {
  const argv = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline']
  const windows = process.platform === 'win32'
  const options = { cwd: folder, shell: windows, maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await promisify(execFile)('npm', argv, options).catch(() => ({ stdout: '' }))
  try {
    const [first] = Object.values(JSON.parse(stdout) as readonly Packed[])
    return first && { size: first.size, unpackedSize: first.unpackedSize, files: first.files }
  } catch {
    return undefined
  }
}

export function packFindings(json: PackageJson, pack: Packed | undefined): Finding[] {
  const check = 'pack'
  if (!pack) {
    const hint = 'See what it says to: npm pack --dry-run'
    return [{ level: 'warning', check, text: 'npm did not say what it would pack.', hint }]
  }
  const paths = new Set(pack.files.map(({ path }) => path))
  const missing = named(json).filter((path) => !paths.has(path))
  const needless = [...paths].filter((path) => NEEDLESS.test(path))
  const hint = 'Build, and look at "files" of package.json.'
  return [
    ...missing.map((path): Finding => {
      return {
        level: 'error',
        check,
        text: `'${path}' would not be packed.`,
        hint,
        file: 'package.json',
      }
    }),
    ...needless.map((path): Finding => {
      return { level: 'warning', check, text: `'${path}' would be packed, and nobody needs it.` }
    }),
    ...sizeFinding(pack),
  ]
}

function sizeFinding({ unpackedSize, files }: Packed): Finding[] {
  if (unpackedSize <= MOST_BYTES) return []
  const [largest] = files.toSorted((a, b) => b.size - a.size)
  const size = Math.ceil(unpackedSize / 1024 / 1024)
  const text = `The package has ${size} MiB unpacked, more than 5; its largest file is '${largest?.path}'.`
  return [{ level: 'warning', check: 'pack', text }]
}

/** Files that the manifest names. */
function named(json: PackageJson): string[] {
  const manifest = json['llmspell']
  const main = isTable(manifest) ? manifest['main'] : undefined
  const paths = typeof main === 'string' ? [main, ...pathsIn(manifest)] : []
  return [...new Set(paths.map((path) => posix.normalize(path)))]
}

function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return /^\.\/[\w./-]+\.json$/.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : []
}
