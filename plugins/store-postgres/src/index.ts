import { definePlugin } from '@llmspell/sdk'
import { ServerStore } from '@llmspell/sdk/store'
import type { StorePostgresConfig } from './generated/config.ts'
import { PostgresHome } from './postgres-home.ts'

/** The plugin `store-postgres`: state in a PostgreSQL database. */
export default definePlugin<StorePostgresConfig>({
  setup(ctx) {
    const { config } = ctx
    const secrets = ctx.find('secrets')
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'postgres', {
      create: () => new ServerStore(new PostgresHome({ config, secrets, warn })),
    })
  },
})
