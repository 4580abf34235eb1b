import { tappedPoint, violations, type Manifest, type Violation } from '@llmspell/sdk'
import { isRecord } from './files.ts'
import { validate } from './generated/manifest.validate.js'
import { tooLong } from './manifest-size.ts'
import { error, type Problem } from './problem.ts'

/** What reading a manifest gives: the manifest, unless an error is among the problems. */
export interface ReadManifest {
  readonly manifest?: Manifest
  readonly problems: readonly Problem[]
}

/** A manifest at work: `contributes` split into its parts, absent parts filled with empty ones. */
export interface Contributions {
  readonly hooks: readonly string[]
  /** Point to the key of the config without which it is not tapped. */
  readonly hookKeys: ReadonlyMap<string, string>
  readonly hookPoints: NonNullable<NonNullable<Manifest['contributes']>['hookPoints']>
  readonly points: Readonly<Record<string, object | string>>
  /** Every other key: extension point to items. */
  readonly items: ReadonlyMap<string, readonly Item[]>
}

/** One item of an extension point, as the manifest has it. */
export type Item = { readonly name: string } & Readonly<Record<string, unknown>>

/** Nobody reads more, and a hostile manifest has as many as it likes. */
const MOST_FAULTS = 50

const ABOUT_POINTS = new Set(['hooks', 'hookPoints', 'points'])

/**
 * Checks the `llmspell` key of a package.json. Never throws: what is wrong is in `problems`.
 * @param name what the problems call the plugin while its id is unknown
 */
export function readManifest(value: unknown, name: string): ReadManifest {
  const plugin = isRecord(value) && typeof value['id'] === 'string' ? value['id'] : name
  const long = tooLong(value)
  if (long) return { problems: [invalid(plugin, long)] }
  if (!validate(value)) {
    const rows = violations((validate.errors ?? []).slice(0, MOST_FAULTS), 'llmspell')
    return { problems: rows.map((row) => invalid(plugin, row)) }
  }
  const manifest = value as Manifest
  const problems = [
    ...outside(manifest),
    ...doubles(manifest),
    ...selfRequired(manifest),
    ...intercepts(manifest),
  ]
  return problems.length > 0 ? { problems: problems.slice(0, MOST_FAULTS) } : { manifest, problems }
}

/** The parts of `contributes`. */
export function contributionsOf(manifest: Manifest): Contributions {
  const contributes = manifest.contributes ?? {}
  const { hooks = [] } = contributes
  const items = Object.entries(contributes).filter(([point]) => !ABOUT_POINTS.has(point))
  return {
    hooks: hooks.map(tappedPoint),
    hookKeys: new Map(
      hooks.flatMap((item) => (typeof item === 'string' ? [] : [[item.point, item.with]])),
    ),
    hookPoints: contributes.hookPoints ?? [],
    points: contributes.points ?? {},
    items: new Map(items as [string, readonly Item[]][]),
  }
}

/** A manifest's key that is not as it should be. */
export function invalid(plugin: string, row: Violation): Problem {
  const { path, expected, found } = row
  const text = `Plugin '${plugin}' has an invalid manifest: '${path}': expected ${expected}, found ${found}.`
  const hint = row.hint ?? `Correct ${row.path} in its package.json.`
  return error({ plugin, code: 'MANIFEST_INVALID', path: row.path, text, hint })
}

function outside({ id, main }: Manifest): Problem[] {
  const parts = main.split(/[\\/]/)
  let depth = 0
  const leaves = parts.some(
    (part) => (depth += part === '..' ? -1 : part === '.' || !part ? 0 : 1) < 0,
  )
  if (!leaves && parts[0] !== '' && !/^[A-Za-z]:/.test(main) && depth > 0) return []
  const expected = 'a file inside the package, relative to it'
  return [invalid(id, { path: 'llmspell.main', expected, found: `'${main}'` })]
}

function doubles(manifest: Manifest): Problem[] {
  const { hooks, hookPoints, items } = contributionsOf(manifest)
  const named = [['hookPoints', hookPoints] as const, ...items].map(
    ([point, list]) => [point, list.map((item) => item.name)] as const,
  )
  return [['hooks', hooks] as const, ...named].flatMap(([point, names]) => {
    const once = new Set<string>()
    const twice = names.filter((name) => once.size === once.add(name).size)
    return [...new Set(twice)].map((name) => {
      const path = `llmspell.contributes.${point}`
      return invalid(manifest.id, { path, expected: 'each name once', found: `'${name}' twice` })
    })
  })
}

function selfRequired({ id, requires = {}, optional = {}, provides = {} }: Manifest): Problem[] {
  const wanted = Object.keys({ ...requires, ...optional })
  return wanted
    .filter((name) => Object.hasOwn(provides, name))
    .map((name) => {
      const expected = 'services of other plugins'
      const found = `'${name}', which it provides itself`
      return invalid(id, { path: 'llmspell.requires', expected, found })
    })
}

/** What an intercept has to say of itself, and what nobody else may. */
function intercepts(manifest: Manifest): Problem[] {
  return contributionsOf(manifest).hookPoints.flatMap(({ kind, ...item }, index) => {
    const place = (key: string) => `llmspell.contributes.hookPoints[${index}].${key}`
    const fault = (key: string, expected: string, found: string) =>
      invalid(manifest.id, { path: place(key), expected, found })
    if (kind === 'intercept') {
      return item.results ? [] : [fault('results', 'the verdicts that count', 'nothing')]
    }
    return (['results', 'failOpen', 'changes'] as const)
      .filter((key) => item[key] !== undefined)
      .map((key) => fault(key, 'it at intercepts only', `the kind '${kind}'`))
  })
}
