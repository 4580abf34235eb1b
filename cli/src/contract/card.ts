import type { Contract } from '@llmspell/kernel'
import type { PermissionSet } from '@llmspell/sdk'
import { plain } from '../print/escape.ts'
import type { Paint } from '../print/style.ts'
import { table, wrap, WIDTH } from '../print/table.ts'
import type { PlannedSuite } from './plan.ts'
import type { Fault } from './start.ts'
import type { RanTest } from './vitest.ts'

/** What was looked at, as data. */
export interface Card {
  readonly package: string
  readonly version: string
  readonly id: string
  readonly engines: string
  readonly contract?: Contract
  /** Where its code may run: in the process of llmspell, or in a host of plugins. */
  readonly hosts: readonly string[]
  readonly permissions: PermissionSet
  readonly contributions: readonly CardRow[]
  /** What is wrong beside single tests: its start or stop, its range, the run itself. */
  readonly faults: readonly Fault[]
  readonly firstFailure?: { readonly test: string; readonly text: string }
}

/** One contribution and how its suite went. */
export interface CardRow {
  readonly subject: string
  readonly suite?: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Why nothing ran. */
  readonly why?: string
}

/** The tests of each planned suite, counted. */
export function rowsOf(plan: readonly PlannedSuite[], tests: readonly RanTest[]): CardRow[] {
  return plan.map(({ subject, suite, why }, index) => {
    const own = tests.filter(({ place }) => place === String(index))
    const row = { subject, ...(suite ? { suite } : {}), ...counted(own) }
    const reason = why ?? skippedFor(own)
    return reason === undefined ? row : { ...row, why: reason }
  })
}

/** A suite that could not be begun stands there as one skipped test, which is named after the reason. */
function skippedFor(tests: readonly RanTest[]): string | undefined {
  const [only, ...rest] = tests
  return rest.length === 0 && only?.status === 'skipped' ? only.name : undefined
}

export function counted(tests: readonly RanTest[]) {
  const count = (status: RanTest['status']): number =>
    tests.filter((one) => one.status === status).length
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
}

/** The first test that failed, with the line that it failed at where that is the plugin's own. */
export function firstFailure(tests: readonly RanTest[]): Pick<Card, 'firstFailure'> {
  const found = tests.find(({ status }) => status === 'failed')
  if (!found) return {}
  const [first = '', ...rest] = (found.failure ?? '').split('\n')
  const place = rest.find((line) => /^\s*at /.test(line) && !/node_modules|node:/.test(line))
  const text = [first, ...(place ? [place.trim()] : [])].join(' ')
  return { firstFailure: { test: found.name, text } }
}

export const isGood = ({ contributions, faults }: Card): boolean =>
  faults.length === 0 && contributions.every(({ failed }) => failed === 0)

/** Planned suites of which nothing passed and nothing failed: a skipped contract is not a kept one. */
export function idleFaults(rows: readonly CardRow[]): Fault[] {
  const idle = rows.filter((row) => row.why === undefined && row.passed + row.failed === 0)
  return idle.map(({ subject, suite }) => ({ text: `Nothing of ${suite} ran for ${subject}.` }))
}

/** The card for people, 80 wide. */
export function cardText(card: Card, paint: Paint): string {
  const facts = [
    ['contract', `${card.contract ?? 'none that is kept'} (engines.llmspell ${card.engines})`],
    ['runs in', card.hosts.join(', ')],
    ['permissions', permissions(card.permissions)],
  ]
  const rows = card.contributions.map((row) => [row.subject, row.suite ?? '-', told(row)])
  const head = ['CONTRIBUTION', 'SUITE', 'RESULT']
  return [
    table([`${card.id}@${card.version}`, ''], facts, paint),
    ...(rows.length > 0 ? [table(head, rows, paint)] : []),
    ...faultLines(card, paint),
    ...failureLines(card, paint),
  ].join('\n')
}

function told({ passed, failed, skipped, why }: CardRow): string {
  if (why !== undefined) return why
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${passed} passed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ]
  return parts.join(', ')
}

function faultLines({ faults }: Card, paint: Paint): string[] {
  const lines = faults.flatMap(({ text, hint }) => [
    ...wrap(plain(text), WIDTH - 4),
    ...(hint === undefined ? [] : wrap(`hint: ${plain(hint)}`, WIDTH - 4)),
  ])
  if (lines.length === 0) return []
  return [`${paint('red', 'Faults')}\n${lines.map((line) => `    ${line}\n`).join('')}`]
}

function failureLines({ firstFailure: found }: Card, paint: Paint): string[] {
  if (!found) return []
  const lines = [...wrap(plain(found.test), WIDTH - 4), ...wrap(plain(found.text), WIDTH - 4)]
  return [`${paint('red', 'First failure')}\n${lines.map((line) => `    ${line}\n`).join('')}`]
}

function permissions(given: PermissionSet): string {
  const rows = Object.entries(given).map(([name, values]) => `${name}: ${values.join(' ')}`)
  return rows.length > 0 ? rows.join('; ') : 'none'
}
