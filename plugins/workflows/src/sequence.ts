import type { StepDefinition, Value } from '@llmspell/sdk'
import type { Lane } from './lane.ts'

/** One step after the other. @returns the output of the last one that was not skipped */
export async function sequence(steps: readonly StepDefinition[], lane: Lane): Promise<Value> {
  let last: Value = null
  for (const step of steps) {
    const row = await lane.step(step)
    if (row.status !== 'skipped') last = row.output
  }
  return last
}
