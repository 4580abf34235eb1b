import type { ScriptCall, ScriptModuleHandlers } from '@llmspell/sdk'
import { validators } from '../generated/stream.module.validate.js'
import type { Streams } from '../streams.ts'

/** Handlers of the hidden module `Stream`: `self` is the id of the stream. */
export function streamModule(streamsOf: (runId: string) => Streams): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      next: ({ self, context }: ScriptCall<[]>) => streamsOf(context.runId).pull(self as string),
      cancel: async ({ self, context }: ScriptCall<[]>) => {
        await streamsOf(context.runId).cancel(self as string)
      },
    },
  }
}
