import { SpellError } from '@llmspell/sdk'
import type { Access, CallContext, ModelSettings, Permissions } from '@llmspell/sdk'
import type { Endpoint } from './catalog.ts'
import { keyMissing, modelInvalid } from './errors.ts'
import type { GivenText, ResolvedModel } from './types.ts'

/** One model about to be called, and what its address and key are decided by. */
export interface Connection {
  readonly endpoint: Endpoint
  readonly model: ResolvedModel
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absent: whatever needs a grant is denied. */
  readonly permissions: Permissions | undefined
  /** Absent: the host itself calls and needs no grant. */
  readonly context: CallContext | undefined
}

/** Address and key of one call, and the variable whose key was held back for want of a grant. */
export interface Connected {
  readonly settings: ModelSettings
  readonly withheld?: string
}

interface Key {
  readonly value?: string
  readonly withheld?: string
}

/**
 * Address and key of one call.
 * An address that a script gave needs a `net` grant, and a key that the script did not bring itself goes there
 * only with an `env` grant as well; the host's own addresses and keys need none.
 * @throws PERMISSION_DENIED, PROVIDER_KEY_MISSING, MODEL_INVALID
 */
export async function connect(connection: Connection): Promise<Connected> {
  const { endpoint, model } = connection
  const address = await addressOf(connection)
  const key = model.apiKey
    ? await givenKey(connection, model.apiKey, address)
    : ownKey(connection, address)
  const settings: ModelSettings = {
    provider: model.provider,
    model: model.model,
    ...(address === undefined ? {} : { baseUrl: address.value }),
    ...(key.value === undefined ? {} : { apiKey: key.value }),
    settings: { ...(endpoint.config.settings as ModelSettings['settings']), ...model.settings },
  }
  return key.withheld === undefined ? { settings } : { settings, withheld: key.withheld }
}

/** Where its calls go when the model says nothing: the configuration's address, else the environment's. */
export function hostAddress(endpoint: Endpoint, env: Connection['env']): string | undefined {
  const variable = endpoint.name === endpoint.via ? endpoint.item.env?.baseUrl : undefined
  const fromEnv = variable === undefined ? undefined : env[variable]
  return endpoint.config.base_url ?? (fromEnv || undefined)
}

const EXAMPLE = "such as 'https://api.example.com/v1'"

/** @throws MODEL_INVALID that says where the host's own address is written */
function checkOwn({ name, item, config }: Endpoint, own: string | undefined): void {
  if (own === undefined || (URL.canParse(own) && /^https?:/i.test(own))) return
  const place =
    config.base_url === undefined && item.env?.baseUrl !== undefined
      ? `the environment variable ${item.env.baseUrl}`
      : `'plugins.models.providers.${name}.base_url'`
  throw modelInvalid(`an address ${EXAMPLE} in ${place}`, `'${own}'`, `Correct ${place}.`)
}

async function addressOf(connection: Connection): Promise<GivenText | undefined> {
  const { endpoint, model, env } = connection
  const own = hostAddress(endpoint, env)
  checkOwn(endpoint, own)
  const given = model.baseUrl
  if (given === undefined) return own === undefined ? undefined : { value: own, trusted: true }
  const origin = originOf(given.value)
  const known = [...(endpoint.item.origins ?? []), ...(own === undefined ? [] : [originOf(own)])]
  if (given.trusted || known.includes(origin)) return { value: given.value, trusted: true }
  await demand(connection, 'net', origin)
  return given
}

async function givenKey(
  connection: Connection,
  given: GivenText,
  address: GivenText | undefined,
): Promise<Key> {
  const variable = envName(given.value)
  if (variable === undefined) return { value: given.value }
  const { endpoint, env } = connection
  const own = (address?.trusted ?? true) && variable === keyVariable(endpoint)
  if (!given.trusted && !own) await demand(connection, 'env', variable)
  const value = env[variable]
  if (!value) throw missing(connection, variable)
  return { value }
}

function ownKey(connection: Connection, address: GivenText | undefined): Key {
  const { endpoint, env } = connection
  const trusted = address?.trusted ?? true
  const variable = keyVariable(endpoint)
  if (variable === undefined) {
    const literal = endpoint.config.api_key
    return trusted && literal !== undefined ? { value: literal } : {}
  }
  const value = env[variable]
  if (!trusted && !granted(connection, 'env', variable)) return value ? { withheld: variable } : {}
  if (value) return { value }
  if (needsKey(endpoint, address)) throw missing(connection, variable)
  return {}
}

function missing({ endpoint, model }: Connection, variable: string): SpellError {
  return keyMissing(endpoint.name, variable, model.chosenBy === 'call')
}

function needsKey({ item, config }: Endpoint, address: GivenText | undefined): boolean {
  if (config.api_key !== undefined || address === undefined) return true
  return (item.origins ?? []).includes(originOf(address.value))
}

/** The variable that holds the provider's own key. An endpoint of the configuration never inherits one. */
export function keyVariable({ name, via, item, config }: Endpoint): string | undefined {
  if (config.api_key !== undefined) return envName(config.api_key)
  return name === via ? item.env?.key : undefined
}

/** NAME of `env:NAME`, undefined for a literal key. @throws MODEL_INVALID for another kind of reference */
export function envName(key: string): string | undefined {
  if (key.startsWith('env:')) return key.slice('env:'.length)
  if (!key.startsWith('secret:')) return undefined
  const hint = "Put the key in an environment variable and write 'env:NAME'."
  throw modelInvalid("a key as 'env:NAME'", "a reference 'secret:…'", hint)
}

function originOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url.origin
  throw modelInvalid(`a base_url ${EXAMPLE}`, `'${address}'`)
}

function granted(connection: Connection, permission: string, target: string): boolean {
  const { context, permissions } = connection
  if (!context) return true
  return (
    permissions?.decide({ permission, target }, accessOf(connection, context)).allowed ?? false
  )
}

async function demand(connection: Connection, permission: string, target: string): Promise<void> {
  const { context, permissions } = connection
  if (!context) return
  const access = accessOf(connection, context)
  if (permissions) return permissions.require({ permission, target }, access)
  throw new SpellError(
    'PERMISSION_DENIED',
    `${access.subject} may not use ${permission} '${target}': no plugin decides about permissions.`,
    { hint: "Install the plugin 'permissions'.", details: { permission, target } },
  )
}

function accessOf({ model }: Connection, context: CallContext): Access {
  const { grants, root, signal } = context
  return { subject: `Model '${model.id}'`, grants, root, signal, run: context }
}
