import type { WorkflowDefinition } from '@llmspell/sdk'
import { conditional } from './conditional.ts'
import type { Lane } from './lane.ts'
import { loop } from './loop.ts'
import type { Made } from './made.ts'
import { parallel } from './parallel.ts'
import { sequence } from './sequence.ts'
import { stream } from './stream.ts'

type Pattern = (definition: WorkflowDefinition, lane: Lane) => Promise<Made>

const PATTERNS: Readonly<Record<WorkflowDefinition['type'], Pattern>> = {
  sequential: async ({ steps = [] }, lane) => ({ result: await sequence(steps, lane) }),
  conditional,
  loop,
  parallel,
  stream,
}

export function runPattern(definition: WorkflowDefinition, lane: Lane): Promise<Made> {
  return PATTERNS[definition.type](definition, lane)
}
