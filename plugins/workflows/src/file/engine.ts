import type { ScriptEngine } from '@llmspell/sdk'
import { WorkflowSession } from './session.ts'

/** Workflow files as a script language: a file is a script whose value is the result of its workflow. */
export const engine: ScriptEngine = {
  name: 'workflow',
  language: 'workflow',
  open: async (options) => new WorkflowSession(options),
}
