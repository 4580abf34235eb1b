import type { Checking } from './checking.ts'
import { checkCondition } from './condition.ts'
import { duration, oneOf, whole, type FieldCheck, type Table } from './fields.ts'
import { needs } from './needs.ts'
import { below } from './problem.ts'
import { checkRange, roundsOf } from './range.ts'
import type { Scope } from './scope.ts'
import { checkSource } from './source.ts'
import { checkSteps, scopeAfter } from './steps.ts'

const DEFAULT_ROUNDS = 1000
const MOST_ROUNDS = 1_000_000
const DRIVERS = ['range', 'collection', 'while_condition']
const CONDITION_HINT = 'Give it a condition that can become false, or break_when.'

export const loopKeys = [
  'steps',
  ...DRIVERS,
  'break_when',
  'max_iterations',
  'delay',
  'collect',
  'max_concurrency',
]

export function loopChecks(
  definition: Table,
  path: string,
  scope: Scope,
  checking: Checking,
): Readonly<Record<string, FieldCheck>> {
  const { findings } = checking
  const loop = { item: definition['while_condition'] === undefined, index: true }
  // Conditions are looked at between two rounds, when the steps of one have ended.
  const between = scopeAfter(definition['steps'], below(path, 'steps'), scope, loop)
  const condition: FieldCheck = (value, place) => checkCondition(value, place, between, findings)
  return {
    steps: (value, place) => checkSteps(value, place, scope, checking, { loop }),
    range: checkRange,
    collection: (value, place) => checkSource(value, place, scope, checking),
    while_condition: condition,
    break_when: condition,
    max_iterations: whole(1, MOST_ROUNDS),
    delay: duration(0),
    collect: oneOf('all', 'last', 'none'),
    max_concurrency: whole(1, 1000),
  }
}

const needsSteps = needs('steps')

/** Adds what makes a loop endless, or longer than it may be. */
export function checkLoop(definition: Table, path: string, checking: Checking): void {
  const { findings } = checking
  needsSteps(definition, path, checking)
  const drivers = DRIVERS.filter((key) => definition[key] !== undefined)
  if (drivers.length === 0) {
    const hint = 'Add for example range = { from = 1, to = 3 }.'
    findings.add(
      path,
      'endless',
      `The loop has no end: it needs one of ${DRIVERS.join(', ')}.`,
      hint,
    )
  } else if (drivers.length > 1) {
    findings.add(
      path,
      'form',
      `A loop is driven by one of ${DRIVERS.join(', ')}, found ${drivers.join(' and ')}.`,
    )
  }
  if (definition['while_condition'] === true && definition['break_when'] === undefined) {
    const message = 'The loop has no end: its condition is always true.'
    findings.add(below(path, 'while_condition'), 'endless', message, CONDITION_HINT)
  }
  tooLong(definition, path, checking)
}

function tooLong(definition: Table, path: string, { findings }: Checking): void {
  const { range, collection, max_iterations: most = DEFAULT_ROUNDS } = definition
  const rounds = Array.isArray(collection) ? collection.length : roundsOf(range)
  if (rounds === undefined || typeof most !== 'number' || rounds <= most) return
  // A loop that is broken off may name a range that it never comes to the end of.
  if (definition['break_when'] !== undefined) return
  const place = below(path, Array.isArray(collection) ? 'collection' : 'range')
  const message = `The loop has ${rounds} rounds, and 'max_iterations' is ${most}.`
  findings.add(place, 'endless', message, `Set max_iterations = ${rounds}, or shorten it.`)
}
