import { runScript } from '../run/run.ts'
import { readSource } from '../run/source.ts'
import type { Stage } from '../stage.ts'

/** Runs a workflow file as `llmspell run` does, whatever its ending. */
export function runFile(stage: Stage): Promise<void> {
  const { parsed } = stage
  const flags = { ...parsed.flags, engine: 'workflow' }
  return runScript(stage, {
    read: () => readSource(parsed.args[0]!),
    parsed: { ...parsed, flags },
  })
}
