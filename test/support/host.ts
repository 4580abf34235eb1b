import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin, type CallContext, type RunOptions, type ScriptCall } from '@llmspell/sdk'
import type { House } from './kernel.ts'

type Task = (context: CallContext) => Promise<unknown>

const tasks = new Map<string, Task>()
let count = 0

/** A plugin through which a test acts inside a run, as a handler of its own. */
export const hostPlugin: InlinePlugin = {
  manifest: {
    manifest: 1,
    id: 'host',
    main: './host.js',
    phase: 'core',
    contributes: {
      'script-modules': [
        {
          name: 'Host',
          doc: 'What tests do inside a run.',
          module: {
            name: 'Host',
            version: '1.0.0',
            doc: 'What tests do inside a run.',
            functions: {
              act: { doc: 'Acts.', params: [{ name: 'task', schema: { type: 'string' } }] },
            },
          },
        },
      ],
    },
  },
  plugin: definePlugin({
    setup(ctx) {
      const act = async ({ args: [task], context }: ScriptCall<[string]>): Promise<undefined> => {
        await tasks.get(task)!(context)
      }
      ctx.contribute('script-modules', 'Host', { functions: { act } })
    },
  }),
}

/** Acts inside a fresh run of a house that has the host plugin. */
export async function inRun<T>(
  house: House,
  act: (context: CallContext) => Promise<T>,
  options: RunOptions = {},
): Promise<T> {
  const task = `task-${++count}`
  let result: T | undefined
  tasks.set(task, async (context) => {
    result = await act(context)
  })
  const run = house.runtime.open(options)
  try {
    await run.call('Host', 'act', [task])
    return result as T
  } finally {
    tasks.delete(task)
    await run.close()
  }
}
