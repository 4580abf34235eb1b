import type { BranchDefinition, Value, WorkflowDefinition } from '@llmspell/sdk'
import { holds } from './conditions.ts'
import type { Lane } from './lane.ts'
import type { Made } from './made.ts'
import { sequence } from './sequence.ts'

/** Runs the first branch that matches, or all of them; where none does, the default. */
export async function conditional(definition: WorkflowDefinition, lane: Lane): Promise<Made> {
  const { match = 'first', default: otherwise, name } = definition
  const taken = await matching(definition, lane)
  lane.execution.branches = taken.map((branch) => branch.name!)
  const [first] = taken
  if (!first) {
    if (otherwise) return { result: await sequence(otherwise, lane.inner()) }
    return unmatched(name, lane)
  }
  if (match === 'first') return { result: await sequence(first.steps, lane.inner()) }
  const outputs: Record<string, Value> = {}
  for (const { name: branch, steps } of taken) {
    outputs[branch!] = await sequence(steps, lane.inner())
  }
  return { result: outputs }
}

/** All are asked before any runs: what a branch does is not what decides about the next. */
async function matching(
  { branches = [], match = 'first' }: WorkflowDefinition,
  lane: Lane,
): Promise<readonly BranchDefinition[]> {
  const taken: BranchDefinition[] = []
  for (const branch of branches) {
    if (!(await holds(branch.when, lane))) continue
    taken.push(branch)
    if (match === 'first') break
  }
  return taken
}

function unmatched(name: string, { execution }: Lane): Made {
  const text = `No branch of workflow '${name}' matched, and it has no default.`
  execution.context.log({ level: 'warn', message: text })
  return { result: null, text }
}
