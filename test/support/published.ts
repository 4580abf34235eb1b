import { existsSync, globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import type { PackageJson } from './packages.ts'

const IDENTIFIED = String.raw`["']((?:@[\w.-]+/)?[\w.][\w./-]*)["']`
// Not where a quote stands before it (text of a program, not a program), nor as a method of that name.
const IMPORT = new RegExp(
  String.raw`(?<![\w.'"\x60])(?:from|import|__require|require)\s*\(?\s*${IDENTIFIED}`,
  'g',
)

// The first import of a program that a program writes.
const WRITTEN = /["'\x60]import\s[^"'\x60;]*\sfrom\s+["'][^"']*["']/g

function specifiers(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(WRITTEN, '')
  return [...text.matchAll(IMPORT)].map(([, name]) => name!)
}

function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined
  if (builtinModules.includes(specifier)) return undefined
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function conditions({ exports = {} }: PackageJson, name: string): string[] {
  const targets = Object.values(exports).map((row) => (typeof row === 'string' ? row : row[name]))
  return targets.filter((file) => file !== undefined)
}

/** Packages that the JavaScript of an installed package loads. */
export function loadedBy(dir: string): Set<string> {
  const files = globSync('dist/**/*.{js,cjs}', { cwd: dir })
  return named(files.flatMap((file) => specifiers(join(dir, file))))
}

/** Packages whose types the published types of an installed package name. */
export function typedBy(dir: string, manifest: PackageJson): Set<string> {
  const seen = new Set<string>()
  const found: string[] = []
  const queue = conditions(manifest, 'types').map((file) => join(dir, file))
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    for (const specifier of specifiers(file)) {
      if (specifier.startsWith('.')) queue.push(declaration(join(dirname(file), specifier)))
      else found.push(specifier)
    }
  }
  return named(found)
}

function declaration(file: string): string {
  return file.replace(/\.([cm]?)[jt]s$/, '.d.$1ts')
}

function named(specifier: readonly string[]): Set<string> {
  return new Set(specifier.map(packageOf).filter((name) => name !== undefined))
}

/**
 * Dependencies that nothing published names; plugins of this repository are named by package.json alone.
 * @param used what `loadedBy` and `typedBy` found
 */
export function needless(
  dir: string,
  { dependencies = {} }: PackageJson,
  used: readonly string[],
): string[] {
  const files = globSync('dist/**/*.{js,cjs}', { cwd: dir })
  const text = files.map((file) => readFileSync(join(dir, file), 'utf8')).join('\n')
  // Some are resolved by name, to read a file of theirs.
  const quoted = (name: string): boolean => text.includes(`"${name}"`) || text.includes(`"${name}/`)
  return Object.keys(dependencies).filter(
    (name) => !name.startsWith('@llmspell/') && !used.includes(name) && !quoted(name),
  )
}

/** What package.json promises and the folder does not have: targets of exports and bin, patterns of `files`. */
export function missing(dir: string, manifest: PackageJson): string[] {
  const targets = Object.values(manifest.exports ?? {}).flatMap((row) =>
    typeof row === 'string' ? [row] : Object.values(row),
  )
  const files = (manifest.files ?? []).filter((pattern) => !pattern.startsWith('!'))
  const all = [...targets, ...Object.values(manifest.bin ?? {}), ...files]
  return all.filter((file) => !existsSync(join(dir, file)))
}
