import { ServerStore } from '@llmspell/sdk/store'
import type { StoreRedisConfig } from '../generated/config.ts'
import { RedisHome } from '../redis-home.ts'

export interface StoreAt extends Partial<StoreRedisConfig> {
  readonly clock?: () => number
  readonly warn?: (message: string) => void
}

const DEFAULTS: StoreRedisConfig = {
  prefix: 'llmspell',
  tls: 'auto',
  views: 64,
  timeout_ms: 30_000,
  reconnect_ms: 30_000,
}

/** Names the password of a server to the stores of this process. */
const PASSWORD = 'LLMSPELL_TEST_REDIS_PASSWORD'

/** A store on a server, not open yet. */
export function storeAt(
  { url, password }: { readonly url: string; readonly password: string },
  { clock = Date.now, warn = () => {}, ...given }: StoreAt = {},
): ServerStore {
  process.env[PASSWORD] = password
  const config = { ...DEFAULTS, url, password: `env:${PASSWORD}`, ...given }
  return new ServerStore(new RedisHome({ config, warn }), clock)
}
