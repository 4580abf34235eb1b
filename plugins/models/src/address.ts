import { SpellError } from '@llmspell/sdk'
import type { Access, PermissionSet } from '@llmspell/sdk'
import { callerAccess, hostAccess } from './access.ts'
import type { Endpoint } from './catalog.ts'
import { modelInvalid } from './errors.ts'
import type { Connection } from './keys.ts'
import { completed, isLoopback } from './own-server.ts'
import { foresee } from './permit.ts'
import type { GivenText } from './types.ts'

const EXAMPLE = "such as 'https://api.example.com/v1'"

/** What the address of a server of one's own looks like. Source for Azure: its page about the v1 API. */
const EXAMPLES: Readonly<Record<string, string>> = {
  azure: 'https://NAME.openai.azure.com/openai/v1',
}

/** Where a call goes. */
export interface Address {
  /** Undefined: where the provider goes by itself. */
  readonly given: GivenText | undefined
  /** Where a key would be sent. */
  readonly origin: string | undefined
  /** What its traffic is made under. */
  readonly access: Access
  /** One of `base_urls` that is not the provider's own: its key is not meant for it. */
  readonly elsewhere?: true
}

/** Where its calls go when the model says nothing: the configuration's address, else the environment's. */
export function hostAddress(endpoint: Endpoint, env: Connection['env']): string | undefined {
  const variable = endpoint.name === endpoint.via ? endpoint.item.env?.baseUrl : undefined
  const fromEnv = variable === undefined ? undefined : env[variable]?.trim()
  return (
    endpoint.config.base_url ??
    (fromEnv ? completed(fromEnv, endpoint.item.origins?.[0]) : undefined)
  )
}

/** An address that a script gave needs a `net` grant. @throws PERMISSION_DENIED, MODEL_INVALID */
export async function addressOf(connection: Connection): Promise<Address> {
  const { endpoint, model, env } = connection
  const own = hostAddress(endpoint, env)
  checkOwn(endpoint, own)
  const { origins = [] } = endpoint.item
  if (model.baseUrl === undefined && own === undefined) return defaultAddress(connection, origins)
  const given = model.baseUrl ?? { value: own!, trusted: true }
  const origin = originOf(given.value)
  const named = own === undefined ? [] : [originOf(own)]
  if (given.trusted || named.includes(origin)) {
    const isOwn = given.place === undefined || named.includes(origin) || origins.includes(origin)
    const access = hostTraffic(connection, [origin], [origin])
    return { given: trusted(given), origin, access, ...(isOwn ? {} : { elsewhere: true }) }
  }
  if (origins.includes(origin))
    return { given: trusted(given), origin, access: hostTraffic(connection, [origin], []) }
  await foresee(connection, 'net', origin)
  return { given, origin, access: callerTraffic(connection, origin) }
}

/** Where the provider goes by itself: its manifest names it, and with it a server on this machine. */
function defaultAddress(connection: Connection, origins: readonly string[]): Address {
  const access = hostTraffic(connection, origins, origins.filter(isLoopback))
  return { given: undefined, origin: origins[0], access }
}

/** Whether nobody says where its server is. */
export function isNowhere(endpoint: Endpoint, env: Connection['env']): boolean {
  const { env: variables, origins = [] } = endpoint.item
  const told = hostAddress(endpoint, env) !== undefined || origins.length > 0
  return variables?.baseUrl !== undefined && !told
}

/** A provider that is told its address and was not. @throws MODEL_INVALID */
export function needAddress({ endpoint, model }: Connection, { given, origin }: Address): void {
  const { name, via, item } = endpoint
  if (given !== undefined || origin !== undefined || item.env?.baseUrl === undefined) return
  const example = EXAMPLES[via] ?? 'http://127.0.0.1:8000/v1'
  const variable = name === via ? `Set ${item.env.baseUrl} to it, or w` : 'W'
  const hint = `${variable}rite base_url under [plugins.models.providers.${name}] in a file of your own named with --config.`
  const text = `Model '${model.id}' has no address: expected one such as '${example}', found nothing.`
  throw new SpellError('MODEL_INVALID', text, { hint, details: { provider: name } })
}

const trusted = ({ value }: GivenText): GivenText => ({ value, trusted: true })

/** An address that the host named may be a private one. */
function hostTraffic(
  { model, context }: Connection,
  net: readonly string[],
  near: readonly string[],
): Access {
  return hostAccess(model, context, netGrants(net, near))
}

/** Under the caller's own grants: what the name leads to is looked at when it is connected to. */
function callerTraffic({ model, context }: Connection, origin: string): Access {
  const above = context ? callerAccess(model, context).grants : []
  return hostAccess(model, context, netGrants([origin], [origin]), above)
}

function netGrants(net: readonly string[], near: readonly string[]): PermissionSet {
  return { net, 'net-private': near }
}

/** @throws MODEL_INVALID that says where the host's own address is written */
function checkOwn({ name, item, config }: Endpoint, own: string | undefined): void {
  if (own === undefined || (URL.canParse(own) && /^https?:/i.test(own))) return
  const place =
    config.base_url === undefined && item.env?.baseUrl !== undefined
      ? `the environment variable ${item.env.baseUrl}`
      : `'plugins.models.providers.${name}.base_url'`
  const found = `'${shownAddress(own)}'`
  const hint = `Write the whole address in ${place}, with https:// or http://.`
  throw modelInvalid(`an address ${EXAMPLE} in ${place}`, found, hint)
}

function originOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url.origin
  const hint = `Write base_url as a whole address, ${EXAMPLE}.`
  throw modelInvalid(`a base_url ${EXAMPLE}`, `'${shownAddress(address)}'`, hint)
}

/** An address for people: a name and password in it are nobody's business. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1***@')
}
