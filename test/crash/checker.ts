import type { Json, JournalRecord, StepPath } from '@llmspell/sdk'
import type { Deed } from './server.ts'

/** Where a run stopped because nobody could know whether a step had happened. */
export interface Stop {
  readonly path: StepPath
  /** What the world says of it. */
  readonly happened: boolean
}

/** Everything that is known of one run, however many lives it had. */
export interface Trace {
  readonly value: Json
  readonly records: readonly JournalRecord[]
  readonly deeds: readonly Deed[]
  /** Lines of the file that the script appends to. */
  readonly lines: readonly string[]
  /** What each life printed. */
  readonly printed: readonly string[]
  readonly stops: readonly Stop[]
}

type Rule = (plain: Trace, harmed: Trace) => readonly string[]

/**
 * Faults of a run that was harmed, against one of the same script that was not; none where all promises were kept.
 * @param prints false: what was printed is not looked at
 */
export function faults(plain: Trace, harmed: Trace, prints = true): readonly string[] {
  const rules = prints ? RULES : RULES.filter((rule) => rule !== allPrinted)
  return rules.flatMap((rule) => rule(plain, harmed))
}

const sameValue: Rule = (plain, harmed) =>
  differs('the value', JSON.stringify(plain.value), JSON.stringify(harmed.value))

/** Without a key, a thing may be done once; with one, as often as asked, since the world knows the key. */
const onceEach: Rule = (plain, harmed) => {
  const twice = named(harmed.deeds).filter((name, i, all) => all.indexOf(name) !== i)
  return [
    ...twice.map((name) => `'${name}' was done more than once`),
    ...differs('what was done', named(plain.deeds).join(' '), named(harmed.deeds).join(' ')),
  ]
}

const named = (deeds: readonly Deed[]): string[] =>
  deeds
    .filter(({ repeated }) => !repeated)
    .map(({ name, key }) => (key === undefined ? name : `${name} by key`))
    .toSorted()

/** A step of two keys would be done twice by a world that knows keys. */
const oneKey: Rule = (_plain, { deeds }) => {
  const keys = new Map<string, Set<string>>()
  for (const { name, key } of deeds) {
    if (key !== undefined) keys.set(name, (keys.get(name) ?? new Set()).add(key))
  }
  return [...keys].filter(([, used]) => used.size > 1).map(([name]) => `'${name}' had two keys`)
}

const sameLines: Rule = (plain, harmed) =>
  differs('the file', plain.lines.join('\n'), harmed.lines.join('\n'))

/** A line may be printed again by the life that came to it again, but in order and none is missing. */
const allPrinted: Rule = (plain, harmed) =>
  differs('what was printed', plain.printed.join('\n'), [...new Set(harmed.printed)].join('\n'))

/** A pruned record stands for all from its first. */
const first = (record: JournalRecord): number => (record.kind === 'pruned' ? record.from : record.n)

/** Numbers without gaps, an end and nothing behind it, no step settled twice. */
const wholeJournal: Rule = (_plain, { records }) => {
  const gap = records.findIndex((record, i) => first(record) !== (records[i - 1]?.n ?? -1) + 1)
  const calls = records.filter(({ kind }) => kind === 'call').map(({ path }) => path)
  const twice = calls.filter((path, i) => calls.indexOf(path) !== i)
  return [
    ...(gap < 0 ? [] : [`record ${gap} has the number ${records[gap]!.n}`]),
    ...(records[0]?.kind === 'begin' ? [] : ['the journal has no beginning']),
    ...(records.at(-1)?.kind === 'end' ? [] : ['the journal has no end']),
    ...twice.map((path) => `'${path}' settled twice`),
  ]
}

/** Lanes beside one another share the ordinals of their scope, in the order of asking: those may differ. */
const sameSteps: Rule = (plain, harmed) =>
  differs('the steps', settled(plain.records), settled(harmed.records))

const settled = (records: readonly JournalRecord[]): string =>
  records
    .flatMap((record) =>
      record.kind === 'call' && record.name !== 'Stream.next'
        ? [`${record.path.replace(/#\d+/g, '')} ${record.settled.ok}`]
        : [],
    )
    .toSorted()
    .join('\n')

/** Nobody is asked about a step that was not begun, as far as the journal goes back. */
const stoppedRightly: Rule = (_plain, { stops, records }) =>
  stops
    .filter(() => records.every(({ kind }) => kind !== 'pruned'))
    .filter(({ path }) => !records.some((r) => r.kind === 'intent' && r.path === path))
    .map(({ path }) => `it stopped at '${path}', which no intent announced`)

const RULES: readonly Rule[] = [
  sameValue,
  onceEach,
  oneKey,
  sameLines,
  allPrinted,
  wholeJournal,
  sameSteps,
  stoppedRightly,
]

function differs(what: string, expected: string, found: string): readonly string[] {
  if (expected === found) return []
  const [wanted, got] = [expected.split('\n'), found.split('\n')]
  const line = wanted.findIndex((text, i) => text !== got[i])
  const at = line < 0 ? wanted.length : line
  return [`${what} differs: expected ${wanted[at] ?? 'its end'}, found ${got[at] ?? 'its end'}`]
}
