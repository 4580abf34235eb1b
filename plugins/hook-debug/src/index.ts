import { definePlugin, type HookRegistry, type TapTrace, type Value } from '@llmspell/sdk'
import { Files } from './files.ts'
import type { HookDebugConfig } from './generated/config.ts'
import { Recorder } from './recorder.ts'
import { TraceShelf } from './traces.ts'

export type * from './types.ts'

/** Behind all others, and their counts too. */
const STAGE = 1000
const TOLD: ReadonlySet<string> = new Set(['observe', 'series'])

/** The plugin `hook-debug`: traces of runs, with what each hook did. */
export default definePlugin<HookDebugConfig>({
  setup(ctx) {
    const { enabled, folder, keep, events } = ctx.config
    const files = folder === undefined ? undefined : new Files(folder, keep)
    const shelf = new TraceShelf(files, ctx.logger)
    ctx.provide('traces', shelf)
    if (!enabled) return
    const runtime = ctx.find('script-runtime')
    const recorder = new Recorder(events, (runId) => {
      const run = runtime?.about(runId)
      return run && ((value: Value) => run.redact(value))
    })
    ctx.defer(() => shelf.settled())
    listen(ctx.use('hooks'), recorder, shelf, ctx.id)
  },
})

function listen(hooks: HookRegistry, recorder: Recorder, shelf: TraceShelf, own: string): void {
  const points = hooks.list().filter(({ kind }) => TOLD.has(kind))
  const end = (payload: unknown): void => {
    const trace = recorder.end(payload)
    if (trace) shelf.keep(trace)
  }
  for (const info of points) {
    const tap = (payload: unknown): void => {
      recorder.point(info, payload)
      if (info.name === 'script.done') end(payload)
    }
    hooks.tap(info.name as never, tap as never, { stage: STAGE })
  }
  hooks.trace((trace: TapTrace) => {
    if (trace.owner !== own) recorder.hook(trace)
  })
}
