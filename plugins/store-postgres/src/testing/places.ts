import { ServerStore } from '@llmspell/sdk/store'
import type { StorePostgresConfig } from '../generated/config.ts'
import { PostgresHome } from '../postgres-home.ts'

export interface StoreAt extends Partial<StorePostgresConfig> {
  readonly clock?: () => number
  readonly warn?: (message: string) => void
}

const DEFAULTS: StorePostgresConfig = {
  schema: 'llmspell',
  tls: 'auto',
  connections: 4,
  views: 16,
  timeout_ms: 30_000,
  reconnect_ms: 30_000,
}

/** Names the password of a server to the stores of this process. */
const PASSWORD = 'LLMSPELL_TEST_PGPASSWORD'

/** A store on a server, not open yet. */
export function storeAt(
  { url, password }: { readonly url: string; readonly password: string },
  { clock = Date.now, warn = () => {}, ...given }: StoreAt = {},
): ServerStore {
  process.env[PASSWORD] = password
  const config = { ...DEFAULTS, url, password: `env:${PASSWORD}`, ...given }
  return new ServerStore(new PostgresHome({ config, warn }), clock)
}
