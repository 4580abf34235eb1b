import type { Checking } from './checking.ts'
import { expected, isTable } from './fields.ts'
import { below, quoted } from './problem.ts'
import { innerScope, type Scope } from './scope.ts'

/** A nested list of steps counts against this as well. */
const MOST_STEPS = 10_000

/** The name under which others refer to a step: its own, or `step_1` by its position. */
export function stepName(step: unknown, position: number): string {
  const name: unknown = isTable(step) ? step['name'] : undefined
  return typeof name === 'string' ? name : `step_${position + 1}`
}

/** How the list is run, as far as references go. */
export interface ListKind {
  readonly together?: boolean
  readonly loop?: Scope['loop']
}

export function checkSteps(
  steps: unknown,
  path: string,
  parent: Scope,
  checking: Checking,
  { together = false, loop = parent.loop }: ListKind = {},
): void {
  const { findings } = checking
  if (!Array.isArray(steps)) return expected('a list of steps', steps, path, findings)
  if (steps.length === 0) findings.add(path, 'empty', 'The list of steps is empty.')
  if (!counted(steps.length, path, checking)) return
  const names = positions(steps)
  uniqueNames(steps, path, names, parent, checking)
  const scope = innerScope(parent, names, { together, loop })
  for (const [at, step] of steps.entries()) {
    checking.again.step(step, `${path}[${at}]`, { ...scope, at }, checking)
  }
}

/** The scope of what runs after a list and sees its steps. */
export function scopeAfter(steps: unknown, parent: Scope, loop: Scope['loop']): Scope {
  const list: readonly unknown[] = Array.isArray(steps) ? steps : []
  return innerScope(parent, positions(list), { loop, at: list.length })
}

function positions(steps: readonly unknown[]): Map<string, number> {
  const names = new Map<string, number>()
  for (const [at, step] of steps.entries()) {
    const name = stepName(step, at)
    if (!names.has(name)) names.set(name, at)
  }
  return names
}

function counted(more: number, path: string, checking: Checking): boolean {
  checking.steps += more
  if (checking.steps <= MOST_STEPS) return true
  const message = `The definition has more than ${MOST_STEPS} steps.`
  checking.findings.add(path, 'size', message, 'Run a loop over a collection.')
  return false
}

function uniqueNames(
  steps: readonly unknown[],
  path: string,
  names: ReadonlyMap<string, number>,
  parent: Scope,
  { findings }: Checking,
): void {
  for (const [at, step] of steps.entries()) {
    const name = stepName(step, at)
    const first = names.get(name)!
    const place = below(`${path}[${at}]`, 'name')
    const other = first === at ? 'A step around this one' : `${path}[${first}]`
    if (first === at && !(isNamed(step) && hidesOuter(parent, name))) continue
    const message = `${other} has the name ${quoted(name)} already.`
    findings.add(place, 'duplicate', message, 'Give each step a name of its own.')
  }
}

const isNamed = (step: unknown): boolean => isTable(step) && typeof step['name'] === 'string'

function hidesOuter(parent: Scope, name: string): boolean {
  for (let level: Scope | undefined = parent; level; level = level.parent) {
    if (level.steps.has(name)) return true
  }
  return false
}
