import type { InlinePlugin } from '@llmspell/kernel'
import { definePlugin } from '@llmspell/sdk'

/** A moment in the life of a record: the same text in every run of a script. */
export type Moment = string

interface RecordPoint {
  readonly point: string
  readonly path: string
  readonly kind: string
}

/**
 * Sees every moment of every record; at the named one the process is gone, with nothing tidied up.
 * @param at nothing: only watches
 */
export function killer(seen: (moment: Moment) => void, at?: Moment): InlinePlugin {
  return {
    manifest: {
      manifest: 1,
      id: 'killer',
      main: './killer.js',
      phase: 'core',
      contributes: { hooks: ['run.record'] },
    },
    plugin: definePlugin({
      setup(ctx) {
        ctx.tap('run.record', ({ point, path, kind }: RecordPoint) => {
          const moment = `${point} ${kind} ${path}`
          seen(moment)
          if (moment === at) process.kill(process.pid, 'SIGKILL')
        })
      },
    }),
  }
}
