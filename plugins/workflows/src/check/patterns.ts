import type { Checking } from './checking.ts'
import { checkCondition } from './condition.ts'
import {
  boolean,
  checkFields,
  expected,
  isTable,
  oneOf,
  text,
  whole,
  type FieldCheck,
  type Table,
} from './fields.ts'
import { checkLoop, loopChecks, loopKeys } from './loop.ts'
import { needs, type WholeCheck } from './needs.ts'
import { below, quoted } from './problem.ts'
import type { Scope } from './scope.ts'
import { checkSource } from './source.ts'
import { checkSteps } from './steps.ts'

type Checks = Readonly<Record<string, FieldCheck>>

/** What one type of workflow knows beside what all know. */
export interface Pattern {
  readonly keys: readonly string[]
  checks(definition: Table, path: string, scope: Scope, checking: Checking): Checks
  /** What concerns more than one key. */
  readonly whole: WholeCheck
}

const CONCURRENCY = whole(1, 1000)

const sequential: Pattern = {
  keys: ['steps'],
  checks: (_definition, _path, scope, checking) => ({
    steps: (value, path) => checkSteps(value, path, scope, checking),
  }),
  whole: needs('steps'),
}

const parallel: Pattern = {
  keys: ['steps', 'max_concurrency', 'wait_for'],
  checks: ({ steps }, _path, scope, checking) => ({
    steps: (value, path) => checkSteps(value, path, scope, checking, { together: true }),
    max_concurrency: CONCURRENCY,
    wait_for: waitFor(Array.isArray(steps) ? steps.length : 1),
  }),
  whole: needs('steps'),
}

const WAITS = oneOf('all', 'settle', 'race')

function waitFor(steps: number): FieldCheck {
  return (value, path, findings) => {
    if (!isTable(value)) return WAITS(value, path, findings)
    checkFields(value, { quorum: whole(1, Math.max(1, steps)) }, path, findings)
    if (value['quorum'] === undefined) {
      findings.add(below(path, 'quorum'), 'missing', "'wait_for' needs a number as 'quorum'.")
    }
  }
}

const stream: Pattern = {
  keys: ['steps', 'source', 'max_concurrency', 'buffer', 'ordered', 'collect'],
  checks: (_definition, _path, scope, checking) => ({
    steps: (value, path) => {
      checkSteps(value, path, scope, checking, { loop: { item: true, index: true } })
    },
    source: (value, path) => checkSource(value, path, scope, checking, 'function'),
    max_concurrency: CONCURRENCY,
    buffer: whole(1, 100_000),
    ordered: boolean,
    collect: oneOf('all', 'last', 'none'),
  }),
  whole: needs('steps', 'source'),
}

const loop: Pattern = { keys: loopKeys, checks: loopChecks, whole: checkLoop }

const conditional: Pattern = {
  keys: ['branches', 'default', 'match'],
  checks: (_definition, _path, scope, checking) => ({
    branches: (value, path) => checkBranches(value, path, scope, checking),
    default: (value, path) => checkSteps(value, path, scope, checking),
    match: oneOf('first', 'all'),
  }),
  whole: needs('branches'),
}

function checkBranches(branches: unknown, path: string, scope: Scope, checking: Checking): void {
  const { findings } = checking
  if (!Array.isArray(branches)) return expected('a list of branches', branches, path, findings)
  if (branches.length === 0) findings.add(path, 'empty', 'The list of branches is empty.')
  const taken = new Set<unknown>()
  for (const [index, branch] of branches.entries()) {
    const place = `${path}[${index}]`
    checkBranch(branch, place, scope, checking)
    const name: unknown = isTable(branch) ? branch['name'] : undefined
    if (typeof name !== 'string') continue
    if (taken.has(name)) {
      const message = `Another branch has the name ${quoted(name)} already.`
      findings.add(below(place, 'name'), 'duplicate', message)
    }
    taken.add(name)
  }
}

function checkBranch(branch: unknown, path: string, scope: Scope, checking: Checking): void {
  const { findings } = checking
  if (!isTable(branch)) return expected('a branch: a table', branch, path, findings)
  for (const key of ['when', 'steps']) {
    if (branch[key] === undefined) {
      findings.add(below(path, key), 'missing', `The branch has no '${key}'.`)
    }
  }
  const checks: Checks = {
    name: text,
    when: (value, place) => checkCondition(value, place, scope, findings),
    steps: (value, place) => checkSteps(value, place, scope, checking),
  }
  checkFields(branch, checks, path, findings)
}

export const PATTERNS: Readonly<Record<string, Pattern>> = {
  sequential,
  conditional,
  loop,
  parallel,
  stream,
}
