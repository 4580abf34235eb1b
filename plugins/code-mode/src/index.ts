import { definePlugin } from '@llmspell/sdk'
import { globals } from './globals.ts'
import { runScript } from './run-script.ts'

export default definePlugin({
  setup(ctx) {
    const runtime = ctx.use('script-runtime')
    const extensions = ctx.use('extensions')
    ctx.contribute(
      'tools',
      'run-script',
      runScript(runtime, () => globals(extensions)),
    )
  },
})
