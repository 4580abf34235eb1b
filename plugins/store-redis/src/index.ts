import { definePlugin } from '@llmspell/sdk'
import { ServerStore } from '@llmspell/sdk/store'
import type { StoreRedisConfig } from './generated/config.ts'
import { RedisHome } from './redis-home.ts'

/** The plugin `store-redis`: state in a Redis server. */
export default definePlugin<StoreRedisConfig>({
  setup(ctx) {
    const { config } = ctx
    const secrets = ctx.find('secrets')
    const warn = (message: string): void => ctx.logger.warn(message)
    ctx.contribute('stores', 'redis', {
      create: () => new ServerStore(new RedisHome({ config, secrets, warn })),
    })
  },
})
