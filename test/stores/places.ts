import { ServerStore } from '@llmspell/sdk/store'
import type { StoreRedisConfig } from '../../plugins/store-redis/src/generated/config.ts'
import { RedisHome } from '../../plugins/store-redis/src/redis-home.ts'
import type { StorePostgresConfig } from '../../plugins/store-postgres/src/generated/config.ts'
import { PostgresHome } from '../../plugins/store-postgres/src/postgres-home.ts'

interface At {
  readonly url: string
  readonly password: string
}

export const ready = { signal: new AbortController().signal } as { readonly signal: AbortSignal }

const TIMES = { timeout_ms: 30_000, reconnect_ms: 30_000 }
const POSTGRES = { schema: 'llmspell', tls: 'auto', connections: 4, views: 16, ...TIMES } as const
const REDIS = { prefix: 'llmspell', tls: 'auto', views: 64, ...TIMES } as const

/** A store on a server, not open yet. */
export function postgresAt(
  { url, password }: At,
  given: Partial<StorePostgresConfig> = {},
  warn: (message: string) => void = () => {},
): ServerStore {
  process.env['LLMSPELL_TEST_PGPASSWORD'] = password
  const reference = 'env:LLMSPELL_TEST_PGPASSWORD'
  const config = { ...POSTGRES, url, password: reference, ...given }
  return new ServerStore(new PostgresHome({ config, warn }))
}

/** A store on a server, not open yet. */
export function redisAt(
  { url, password }: At,
  given: Partial<StoreRedisConfig> = {},
  warn: (message: string) => void = () => {},
): ServerStore {
  process.env['LLMSPELL_TEST_REDIS_PASSWORD'] = password
  const reference = 'env:LLMSPELL_TEST_REDIS_PASSWORD'
  const config = { ...REDIS, url, password: reference, ...given }
  return new ServerStore(new RedisHome({ config, warn }))
}
