import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import { globMatches, globMatchesAbove } from './glob.ts'

const WHOLE = new Set(['*', '.', './', 'workspace'])
const WILD = /[*?]/
const SEPARATOR = sep === '/' ? '/' : /[/\\]/

/** Which forms of a grant's path count: as it is written, where it leads, or both. */
export type Forms = 'written' | 'real' | 'both'

type Fits = (pattern: readonly string[], names: readonly string[]) => boolean

/**
 * A folder with all below it, a file, or a glob (`*` and `?` within one name, `**` across folders).
 * `*`, `.` and `workspace` are the root. The target is compared as it is: absolute and real.
 */
export function matchesPath(
  grant: string,
  target: string,
  root: string,
  forms: Forms = 'both',
  fits: Fits = globMatches,
): boolean {
  if (grant === '' || grant.includes('\0') || !isAbsolute(target)) return false
  if (WHOLE.has(grant)) return anyForm(root, forms, (base) => isWithin(base, target))
  const parts = grant.split(SEPARATOR)
  const wild = parts.findIndex((part) => WILD.test(part))
  if (wild < 0) return anyForm(resolve(root, grant), forms, (base) => isWithin(base, target))
  const fixed = parts.slice(0, wild).join('/')
  const base = fixed === '' && isAbsolute(grant) ? parse(grant).root : resolve(root, fixed)
  const pattern = parts.slice(wild).filter(Boolean)
  return anyForm(base, forms, (form) => {
    const names = namesBelow(form, target)
    return names !== undefined && fits(pattern, names)
  })
}

/** As `matchesPath`, but a glob that fits a folder fits all below it too: a deny must not fail open there. */
export function deniesPath(grant: string, target: string, root: string): boolean {
  return matchesPath(grant, target, root, 'both', globMatchesAbove)
}

/** Whether a target is a path: all paths that are decided on are absolute. */
export function isPlace(target: string): boolean {
  return isAbsolute(target)
}

/** True for the folder itself and for all below it, on boundaries of names: `/a` does not hold `/ab`. */
export function isWithin(base: string, target: string): boolean {
  if (target === base) return true
  return target.startsWith(base.endsWith(sep) ? base : base + sep)
}

/** The names that lead from the folder to the target; undefined for the folder itself and for what lies outside. */
function namesBelow(base: string, target: string): readonly string[] | undefined {
  return target !== base && isWithin(base, target) ? relative(base, target).split(sep) : undefined
}

/** Relative to the root with forward slashes, `.` for the root itself; undefined outside of it. */
export function belowRoot(root: string, target: string): string | undefined {
  const written = resolve(root)
  const base = isWithin(written, target) ? written : realish(written)
  if (!isWithin(base, target)) return undefined
  return relative(base, target).split(sep).join('/') || '.'
}

/**
 * A grant means its path as written and where that leads: the target may be checked before links are
 * followed. Where it leads is asked only where the first does not fit.
 */
function anyForm(path: string, forms: Forms, fits: (form: string) => boolean): boolean {
  if (forms !== 'real' && fits(path)) return true
  if (forms === 'written') return false
  const real = realish(path)
  return real !== path && fits(real)
}

/** The real path of what exists, with the rest as written. */
export function realish(path: string, links = 40): string {
  try {
    return realpathSync.native(path)
  } catch {
    if (dirname(path) === path) return path
    const dangling = links > 0 ? linkTarget(path) : undefined
    if (dangling !== undefined) return realish(dangling, links - 1)
    return join(realish(dirname(path), links), path.slice(dirname(path).length))
  }
}

function linkTarget(path: string): string | undefined {
  try {
    if (!lstatSync(path).isSymbolicLink()) return undefined
    return resolve(dirname(path), readlinkSync(path))
  } catch {
    return undefined
  }
}
