import { AsyncLocalStorage } from 'node:async_hooks'
import { SpellError } from '@llmspell/sdk'

const MOST = 32
/** How many executions of workflows are around what runs. */
const around = new AsyncLocalStorage<number>()

/** Runs one execution inside of those around it. @throws WORKFLOW_TOO_DEEP */
export async function deeper<T>(name: string, fn: () => Promise<T>): Promise<T> {
  const depth = (around.getStore() ?? 0) + 1
  if (depth > MOST) throw tooDeep(name)
  return around.run(depth, fn)
}

function tooDeep(name: string): SpellError {
  const text = `Workflow '${name}' runs inside of ${MOST} others, expected less: one may execute itself.`
  return new SpellError('WORKFLOW_TOO_DEEP', text, {
    hint: 'Repeat steps with a loop, or end the nesting with a condition.',
    details: { limit: MOST },
  })
}
