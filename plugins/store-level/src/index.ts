import { definePlugin, SpellError } from '@llmspell/sdk'
import { RowStore } from '@llmspell/sdk/store'
import type { StoreLevelConfig } from './generated/config.ts'
import { LevelHome } from './level-home.ts'

/** The plugin `store-level`: state in a folder of this machine. */
export default definePlugin<StoreLevelConfig>({
  setup(ctx) {
    const { config } = ctx
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'level', {
      create({ folder }) {
        if (folder === undefined) throw noFolder()
        return new RowStore(new LevelHome({ folder, config, warn }))
      },
    })
  },
})

function noFolder(): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    "The store 'level' has no place: expected a 'folder', found none.",
    {
      hint: "Set 'plugins.state.folder' to an absolute path, or 'plugins.state.store' to \"memory\".",
    },
  )
}
