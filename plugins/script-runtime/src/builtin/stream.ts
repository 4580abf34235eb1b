import type { ScriptCall, ScriptModuleHandlers } from '@llmspell/sdk'
import { answered } from '../durable/json.ts'
import { validators } from '../generated/stream.module.validate.js'
import type { Streams } from '../streams.ts'

/** Handlers of the hidden module `Stream`: `self` is the id of the stream. */
export function streamModule(streamsOf: (runId: string) => Streams): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      next: ({ self, context }: ScriptCall<[]>) => {
        const { recorded } = context
        const streams = streamsOf(context.runId)
        if (!recorded) return streams.pull(self as string)
        streams.again(self as string, recorded)
        return answered(recorded)
      },
      cancel: async ({ self, context }: ScriptCall<[]>) => {
        const left = streamsOf(context.runId).leave(self as string)
        if (context.recorded) left.catch(() => {})
        else await left
      },
    },
  }
}
