import type { Schema } from '@llmspell/sdk'
import type { StepNames } from './step-names.ts'

/** What a place of the definition can refer to. */
export interface Scope {
  readonly parent?: Scope
  /** Steps of this list by name, with their positions. */
  readonly steps: ReadonlyMap<string, number>
  /** Position of the step that refers; those before it have ended. */
  readonly at: number
  /** In `parallel` no step can refer to another of the list. */
  readonly together: boolean
  /** The step itself has an end to refer to: for what runs after it. */
  readonly ended: boolean
  readonly workflow: WorkflowFacts
  readonly loop: LoopFacts
}

export interface WorkflowFacts {
  /** What the input must be, where it is declared. */
  readonly input?: Schema | undefined
  readonly vars: ReadonlySet<string>
  readonly names: StepNames
}

type LoopFacts = { readonly item: boolean; readonly index: boolean }

export type Lookup = 'ended' | 'unknown' | 'itself' | 'later' | 'together'

export function openScope(workflow: WorkflowFacts): Scope {
  const loop = { item: false, index: false }
  return { steps: new Map(), at: 0, together: false, ended: false, workflow, loop }
}

/** The scope of a list of steps inside another. */
export function innerScope(parent: Scope, steps: Scope['steps'], change: Partial<Scope>): Scope {
  const { workflow, loop } = parent
  return { parent, steps, at: 0, together: false, ended: false, workflow, loop, ...change }
}

/** How a step of this name stands to the place that refers to it. */
export function lookUp(scope: Scope | undefined, name: string): Lookup {
  for (let level = scope; level; level = level.parent) {
    const position = level.steps.get(name)
    if (position !== undefined) return standing(level, position)
  }
  return 'unknown'
}

function standing({ at, together, ended }: Scope, position: number): Lookup {
  if (position === at) return ended ? 'ended' : 'itself'
  if (together && at >= 0) return 'together'
  return position < at ? 'ended' : 'later'
}

/** Names that may be referred to, nearest first. */
export function* visibleSteps(scope: Scope): Generator<string> {
  for (let level: Scope | undefined = scope; level; level = level.parent) {
    for (const [name, position] of level.steps) {
      if (standing(level, position) === 'ended') yield name
    }
  }
}
