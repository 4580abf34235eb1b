import type { MigrateOptions, Migration, MigrationWay } from '../../contracts/migration.ts'
import type { ScopeKind } from '../../contracts/state.ts'
import { SpellError } from '../../errors.ts'
import { didYouMean } from '../../suggest.ts'
import { STATE_SCOPE } from './registry.ts'

/** All steps of one form of data. */
export interface Form {
  /** `kind/schema`. */
  readonly name: string
  readonly kind: ScopeKind
  readonly id?: string
  readonly oldest: number
  readonly newest: number
  readonly migrations: readonly Migration[]
}

/** @throws INPUT_INVALID */
export function formsOf(migrations: readonly Migration[]): Form[] {
  const byName = Map.groupBy(migrations, ({ kind, schema }) => `${kind}/${schema}`)
  return Array.from(byName, ([name, all]) => {
    const { kind, id } = all[0]!
    for (const one of all) checkMigration(one, name, id)
    const oldest = Math.min(...all.map(({ from }) => from))
    const newest = Math.max(...all.map(({ to }) => to))
    return { name, kind, ...(id === undefined ? {} : { id }), oldest, newest, migrations: all }
  })
}

/** @throws INPUT_INVALID where a form is named that no migration knows */
export function chosen(
  forms: readonly Form[],
  { only, targets = {} }: MigrateOptions,
): readonly Form[] {
  const names = forms.map(({ name }) => name)
  const unknown = [...(only ?? []), ...Object.keys(targets)].find((name) => !names.includes(name))
  if (unknown !== undefined) throw notKnown(unknown, names)
  return only ? forms.filter(({ name }) => only.includes(name)) : forms
}

function notKnown(found: string, names: readonly string[]): SpellError {
  const expected = names.length === 0 ? 'a name of a migration' : `one of ${names.join(', ')}`
  return new SpellError(
    'INPUT_INVALID',
    `The data '${found}' cannot be migrated: expected ${expected}, found what no migration knows.`,
    { hint: didYouMean(found, names, 'Install the plugin that has the migration.') },
  )
}

function checkMigration({ kind, from, to, id }: Migration, name: string, first?: string): void {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to <= from)
    throw wrong(name, 'a whole number and a greater one', `${from} and ${to}`)
  if (id !== first) throw wrong(name, 'the same id in all its steps', `'${id}' and '${first}'`)
  if (kind === 'plugin' && (id === undefined || id === STATE_SCOPE.id || id.startsWith('beside-')))
    throw wrong(name, "the id of one scope of a plugin's own", `'${id}'`)
}

function wrong(name: string, expected: string, found: string): SpellError {
  return new SpellError(
    'INPUT_INVALID',
    `The migration of '${name}' cannot be used: expected ${expected}, found ${found}.`,
    { hint: 'See Migration in @llmspell/sdk.' },
  )
}

/** Whether nobody wrote it with newer code. @throws STATE_NEWER */
export function checkKnown({ name, newest }: Form, version: number | undefined): void {
  if (version === undefined || version <= newest) return
  throw new SpellError(
    'STATE_NEWER',
    `The data '${name}' has a newer version: expected at most ${newest}, found ${version}.`,
    { hint: 'Use the version of llmspell that wrote it, or a newer one. Nothing was touched.' },
  )
}

export function targetOf({ name, oldest, newest }: Form, { targets }: MigrateOptions): number {
  const target = targets?.[name] ?? newest
  if (Number.isSafeInteger(target) && target >= oldest && target <= newest) return target
  throw wrong(name, `a version from ${oldest} to ${newest}`, String(target))
}

/** One version to another as one step. @throws STATE_MIGRATION_FAILED where there is no way */
export function pathOf(form: Form, from: number, to: number): MigrationWay {
  const steps: MigrationWay[] = []
  for (let at = from; at !== to;) {
    const next = to > at ? upFrom(form, at, to) : downFrom(form, at, to)
    if (!next) throw noWay(form.name, at, to)
    steps.push(next.transform)
    at = next.to
  }
  return (entries, scope) => steps.reduce((through, step) => step(through, scope), entries)
}

/** The same, where there is a way. */
export function wayOf(form: Form, from: number, to: number): MigrationWay | undefined {
  try {
    return pathOf(form, from, to)
  } catch {
    return undefined
  }
}

interface Step {
  readonly transform: MigrationWay
  readonly to: number
}

function upFrom({ migrations }: Form, at: number, target: number): Step | undefined {
  const fitting = migrations.filter(({ from, to }) => from === at && to <= target)
  const best = fitting.toSorted((a, b) => b.to - a.to)[0]
  return best && { transform: best.up, to: best.to }
}

function downFrom({ migrations }: Form, at: number, target: number): Step | undefined {
  const fitting = migrations.filter(({ from, to, down }) => to === at && from >= target && down)
  const best = fitting.toSorted((a, b) => a.from - b.from)[0]
  return best && { transform: best.down!, to: best.from }
}

function noWay(name: string, at: number, to: number): SpellError {
  return new SpellError(
    'STATE_MIGRATION_FAILED',
    `The data '${name}' cannot be migrated: expected a step from version ${at} towards ${to}, found none.`,
    {
      hint:
        to < at
          ? 'Restore the backup that was made before the migration.'
          : 'Install the plugin that has the step. Nothing was touched.',
    },
  )
}
