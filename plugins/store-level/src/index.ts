import { definePlugin } from '@llmspell/sdk'
import { noFolder, RowStore } from '@llmspell/sdk/store'
import type { StoreLevelConfig } from './generated/config.ts'
import { CAPABILITIES, LevelHome } from './level-home.ts'
import { renew } from './share/renew.ts'
import { SharedStore } from './share/shared-store.ts'

/** The plugin `store-level`: state in a folder of this machine. */
export default definePlugin<StoreLevelConfig>({
  setup(ctx) {
    const { config } = ctx
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'level', {
      create({ folder }) {
        if (folder === undefined) throw noFolder('level')
        return new SharedStore({
          folder,
          patienceMs: config.patience_ms,
          allowRemote: config.allow_network_disk,
          capabilities: CAPABILITIES,
          make: () => new RowStore(new LevelHome({ folder, config, warn })),
        })
      },
      renew,
    })
  },
})
