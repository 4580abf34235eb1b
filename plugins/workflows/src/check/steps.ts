import type { Checking } from './checking.ts'
import { expected } from './fields.ts'
import { innerScope, type Scope } from './scope.ts'
import { positions } from './step-names.ts'

/** A nested list of steps counts against this as well. */
const MOST_STEPS = 10_000

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
  const names = positions(steps, path, parent.workflow.names)
  const scope = innerScope(parent, names, { together, loop })
  for (const [at, step] of steps.entries()) {
    checking.again.step(step, `${path}[${at}]`, { ...scope, at }, checking)
  }
}

/** The scope of what runs after a list and sees its steps. */
export function scopeAfter(
  steps: unknown,
  path: string,
  parent: Scope,
  loop: Scope['loop'],
): Scope {
  const list: readonly unknown[] = Array.isArray(steps) ? steps : []
  const names = positions(list, path, parent.workflow.names)
  return innerScope(parent, names, { loop, at: list.length })
}

function counted(more: number, path: string, checking: Checking): boolean {
  checking.steps += more
  if (checking.steps <= MOST_STEPS) return true
  const message = `The definition has more than ${MOST_STEPS} steps.`
  checking.findings.add(path, 'size', message, 'Run a loop over a collection.')
  return false
}
