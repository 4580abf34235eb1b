import { definePlugin } from '@llmspell/sdk'
import type { PluginHost } from '@llmspell/sdk'
import type { ScriptPluginsConfig } from './generated/config.ts'
import { scriptHost } from './host.ts'

declare module '@llmspell/sdk' {
  interface Services {
    'script-plugins': PluginHost
  }
}

/** The plugin `script-plugins`: plugins that are one file of a script language. */
export default definePlugin<ScriptPluginsConfig>({
  setup(ctx) {
    const runtime = ctx.use('script-runtime')
    const extensions = ctx.use('extensions')
    const functions = ctx.find('hook-functions')
    ctx.provide(
      'script-plugins',
      scriptHost({ runtime, extensions, functions, config: ctx.config }),
    )
  },
})
