import { definePlugin } from '@llmspell/sdk'
import { noFolder, renewedFiles, RowStore } from '@llmspell/sdk/store'
import type { StoreSqliteConfig } from './generated/config.ts'
import { SqliteHome } from './sqlite-home.ts'

const FILES = /^(?:state\.db.*|tail)$/

/** The plugin `store-sqlite`: state in a file of this machine, which several processes may have open. */
export default definePlugin<StoreSqliteConfig>({
  setup(ctx) {
    const { config } = ctx
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'sqlite', {
      create({ folder }) {
        if (folder === undefined) throw noFolder('sqlite')
        return new RowStore(new SqliteHome({ folder, config, warn }))
      },
      renew: (options) => renewedFiles({ ...options, files: FILES }),
    })
  },
})
