import { SpellError } from '@llmspell/sdk'
import type { ScriptRuntime, Value, WorkflowResult, Workflows } from '@llmspell/sdk'

/** The service of this plugin: each execution is a run of its own, and the script module does the work. */
export function workflowsOfHost(runtime: ScriptRuntime | undefined): Workflows {
  return {
    async run(definition, input, options) {
      if (!runtime) throw noRuns()
      await using run = runtime.open(options)
      const args = [definition as unknown as Value, ...(input === undefined ? [] : [input])]
      return (await run.call('Workflow', 'run', args)) as WorkflowResult
    },
  }
}

function noRuns(): SpellError {
  return new SpellError('NOT_AVAILABLE', 'No installed plugin opens runs for workflows.', {
    hint: "Install the plugin 'script-runtime'.",
  })
}
