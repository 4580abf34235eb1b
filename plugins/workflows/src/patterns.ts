import type { Value, WorkflowDefinition } from '@llmspell/sdk'
import { SpellError } from '@llmspell/sdk'
import type { Lane } from './lane.ts'
import { sequence } from './sequence.ts'

/** What a pattern made of its steps. */
export interface Made {
  readonly result: Value
  /** Said where there is no output to show. */
  readonly text?: string
  readonly failed?: boolean
}

type Pattern = (definition: WorkflowDefinition, lane: Lane) => Promise<Made>

const PATTERNS: Readonly<Partial<Record<WorkflowDefinition['type'], Pattern>>> = {
  sequential: async ({ steps = [] }, lane) => ({ result: await sequence(steps, lane) }),
}

export function runPattern(definition: WorkflowDefinition, lane: Lane): Promise<Made> {
  const pattern = PATTERNS[definition.type]
  if (!pattern) throw new SpellError('NOT_AVAILABLE', definition.type)
  return pattern(definition, lane)
}
