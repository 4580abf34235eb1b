import { isTable, type Table } from './fields.ts'
import { below, quoted, type Findings } from './problem.ts'

/** Names of the steps of one workflow by their paths. */
export type StepNames = ReadonlyMap<string, string>

interface Walk {
  readonly names: Map<string, string>
  readonly findings: Findings
}

/** The name under which others refer to a step: its own, or `step_1` by its place in its list. */
export function stepName(step: unknown, position: number): string {
  return ownName(step) ?? `step_${position + 1}`
}

function ownName(step: unknown): string | undefined {
  const name: unknown = isTable(step) ? step['name'] : undefined
  return typeof name === 'string' ? name : undefined
}

/** Where names are taken already, for steps that can run in one execution. */
type Taken = Map<string, string>

/** Names all steps; adds those whose name another has. */
export function nameSteps(definition: Table, path: string, findings: Findings): StepNames {
  const walk = { names: new Map<string, string>(), findings }
  const { steps, branches, default: otherwise, match } = definition
  nameList(steps, below(path, 'steps'), new Map(), walk)
  const together: Taken | undefined = match === 'all' ? new Map() : undefined
  for (const [index, branch] of listOf(branches).entries()) {
    if (!isTable(branch)) continue
    const place = `${below(path, 'branches')}[${index}].steps`
    nameList(branch['steps'], place, together ?? new Map(), walk)
  }
  nameList(otherwise, below(path, 'default'), new Map(), walk)
  return walk.names
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function nameList(steps: unknown, path: string, taken: Taken, walk: Walk): void {
  for (const [index, step] of listOf(steps).entries()) {
    nameStep(step, `${path}[${index}]`, stepName(step, index), taken, walk)
  }
}

function nameStep(step: unknown, path: string, name: string, taken: Taken, walk: Walk): void {
  const first = taken.get(name)
  if (first === undefined) taken.set(name, path)
  else if (ownName(step) !== undefined) duplicate(name, path, first, walk.findings)
  walk.names.set(path, name)
  if (UNUSABLE.has(name)) unusable(name, path, walk.findings)
  if (!isTable(step)) return
  nameList(step['steps'], `${path}.steps`, taken, walk)
  for (const [key, label] of SUBSTITUTES) {
    const other = step[key]
    if (!isTable(other)) continue
    const called = ownName(other) ?? `${name}_${label}`
    // It may bear the name of the step that it stands for.
    const mine = called === name ? new Map<string, string>() : taken
    nameStep(other, `${path}.${key}`, called, mine, walk)
  }
}

/** Keys that no table of values may have: the result could not be handed out. */
const UNUSABLE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

function unusable(name: string, path: string, findings: Findings): void {
  const message = `The name ${quoted(name)} is reserved by JavaScript.`
  findings.add(below(path, 'name'), 'value', message, 'Give the step another name.')
}

const SUBSTITUTES = [
  ['fallback', 'fallback'],
  ['compensate', 'undo'],
] as const

function duplicate(name: string, path: string, first: string, findings: Findings): void {
  const message = `${first} has the name ${quoted(name)} already.`
  findings.add(below(path, 'name'), 'duplicate', message, 'Give each step a name of its own.')
}

/** Steps of a list by name with their positions; what is inside a step counts as at its place. */
export function positions(
  steps: readonly unknown[],
  path: string,
  names: StepNames,
): Map<string, number> {
  const found = new Map<string, number>()
  for (const at of steps.keys()) {
    for (const name of namesIn(steps[at], `${path}[${at}]`, names)) {
      if (!found.has(name)) found.set(name, at)
    }
  }
  return found
}

function* namesIn(step: unknown, path: string, names: StepNames): Generator<string> {
  const own = names.get(path)
  if (own !== undefined) yield own
  if (!isTable(step)) return
  for (const [index, inner] of listOf(step['steps']).entries()) {
    yield* namesIn(inner, `${path}.steps[${index}]`, names)
  }
}
