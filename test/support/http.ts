import type { Http } from '@llmspell/sdk'
import { Client } from '../../plugins/http/src/client.ts'
import { fetchOf } from '../../plugins/http/src/fetch.ts'
import type { HttpConfig } from '../../plugins/http/src/generated/config.ts'
import validate from '../../plugins/http/src/generated/config.validate.js'
import { Guard } from '../../plugins/permissions/src/guard.ts'

/** The real service `http` with its defaults, for tests of one plugin that uses it. */
export function openHttp(): Http {
  const config: Partial<HttpConfig> = {}
  if (!validate(config)) throw new Error('The defaults of http are not valid.')
  const permissions = new Guard({
    isProtected: () => false,
    remember: undefined,
    tell: () => undefined,
    warn: () => undefined,
  })
  const client = new Client({ permissions, config: config as HttpConfig })
  return {
    request: (request, access) => client.request(request, access),
    fetch: (access, limits) => fetchOf(client, access, limits),
  }
}
