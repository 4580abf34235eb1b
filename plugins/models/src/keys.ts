import { isSpellError } from '@llmspell/sdk'
import type { Access, CallContext, ModelSettings, Permissions, Secrets } from '@llmspell/sdk'
import { callerAccess, hostAccess } from './access.ts'
import { addressOf, needAddress } from './address.ts'
import type { Address } from './address.ts'
import type { Endpoint } from './catalog.ts'
import { keyMissing, modelInvalid } from './errors.ts'
import { demand, granted } from './permit.ts'
import { isPlaceholder, readReference, shownReference } from './reference.ts'
import type { Reference } from './reference.ts'
import type { GivenText, ResolvedModel } from './types.ts'

/** One model about to be called, and what its address and key are decided by. */
export interface Connection {
  readonly endpoint: Endpoint
  readonly model: ResolvedModel
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absent: whatever needs a grant is denied. */
  readonly permissions: Permissions | undefined
  /** Absent: keys are in the environment or nowhere. */
  readonly secrets: Secrets | undefined
  /** Absent: the host itself calls and needs no grant. */
  readonly context: CallContext | undefined
}

/** Address and key of one call, and the reference whose key was held back for want of a grant. */
export interface Connected {
  readonly settings: ModelSettings
  /** What the traffic of the call is made under. */
  readonly access: Access
  readonly withheld?: Reference
  /** Where the key came from, for texts. */
  readonly keyFrom?: string
}

interface Key {
  readonly value?: string | undefined
  readonly withheld?: Reference
}

type Settings = NonNullable<ModelSettings['settings']>

/** Who asks for a key: the host for what it configured, or whoever wrote the reference. */
type Asker = 'host' | 'caller'

/**
 * Address and key of one call.
 * An address that a script gave needs a `net` grant, and a key that the script did not bring itself goes there
 * only with a grant for the key as well; the host's own addresses and keys need none.
 * @throws PERMISSION_DENIED, PROVIDER_KEY_MISSING, MODEL_INVALID, SECRET_UNKNOWN, SECRET_BOUND, SECRET_LOCKED
 */
export async function connect(connection: Connection): Promise<Connected> {
  const { model } = connection
  const address = await addressOf(connection)
  needAddress(connection, address)
  const { value, withheld } = model.apiKey
    ? await givenKey(connection, model.apiKey, address)
    : await ownKey(connection, address)
  const settings: ModelSettings = {
    provider: model.provider,
    model: model.model,
    ...(address.given === undefined ? {} : { baseUrl: address.given.value }),
    ...(value === undefined ? {} : { apiKey: value }),
    settings: { ...hostSettings(connection, address), ...model.settings },
  }
  const { access } = address
  const keyFrom = value === undefined ? {} : { keyFrom: keySource(connection) }
  return { settings, access, ...keyFrom, ...(withheld === undefined ? {} : { withheld }) }
}

/** The name of what the key is in, never the key. */
function keySource({ endpoint, model }: Connection): string {
  const given = model.apiKey && readReference(model.apiKey.value)
  const reference = model.apiKey ? given : keyReference(endpoint)
  if (reference === undefined) return model.apiKey ? 'api_key of the model' : 'the configuration'
  return reference.kind === 'env' ? `variable ${reference.name}` : shownReference(reference)
}

/** What the host configured for its own server, headers and keys among it, is for no other one. */
function hostSettings({ endpoint, context }: Connection, address: Address): Settings {
  if (!isTrusted(address) || address.elsewhere) return {}
  const settings = (endpoint.config.settings ?? {}) as Settings
  const headers = Object.entries((settings['headers'] ?? {}) as Settings)
  for (const [name, value] of headers) {
    if (typeof value === 'string') hidden(value, `headers.${name}`, context)
  }
  return settings
}

/** Where the provider's own key is. An endpoint of the configuration never inherits one. */
export function keyReference({ name, via, item, config }: Endpoint): Reference | undefined {
  if (config.api_key !== undefined) return readReference(config.api_key)
  const variable = name === via ? item.env?.key : undefined
  return variable === undefined ? undefined : { kind: 'env', name: variable }
}

const isTrusted = ({ given }: Address): boolean => given?.trusted ?? true

async function givenKey(connection: Connection, given: GivenText, address: Address): Promise<Key> {
  const { context } = connection
  const reference = readReference(given.value)
  if (reference === undefined) return { value: hidden(given.value, 'api_key', context) }
  const own = keyReference(connection.endpoint)
  const same = own?.kind === reference.kind && own.name === reference.name
  const isOwn = isTrusted(address) && !address.elsewhere
  const asker = given.trusted || (isOwn && same) ? 'host' : 'caller'
  const value = await valueOf(connection, reference, address, asker)
  if (!value) throw missing(connection, reference)
  return { value }
}

async function ownKey(connection: Connection, address: Address): Promise<Key> {
  if (address.elsewhere) return {}
  const { endpoint, context } = connection
  const trusted = isTrusted(address)
  const reference = keyReference(endpoint)
  if (reference === undefined) {
    const literal = endpoint.config.api_key
    return trusted && literal ? { value: hidden(literal, 'api_key', context) } : {}
  }
  if (!trusted && !granted(connection, reference.kind, reference.name))
    return isThere(connection, reference) ? { withheld: reference } : {}
  const value = await valueOf(connection, reference, address, trusted ? 'host' : 'caller')
  if (value) return { value }
  if (needsKey(endpoint, address)) throw missing(connection, reference)
  return {}
}

function isThere({ env }: Connection, { kind, name }: Reference): boolean {
  return kind === 'secret' || Boolean(env[name])
}

/** Undefined for a variable that is nowhere. */
async function valueOf(
  connection: Connection,
  reference: Reference,
  address: Address,
  asker: Asker,
): Promise<string | undefined> {
  const { env, secrets, context } = connection
  const variable = reference.kind === 'env' ? env[reference.name] : undefined
  if (reference.kind === 'secret' || (!variable && secrets))
    return secretOf(connection, reference, address, asker)
  if (asker === 'caller') await demand(connection, 'env', reference.name)
  return variable && hidden(variable, shownReference(reference), context)
}

/** A secret, or a variable of `.env`. */
async function secretOf(
  { secrets, model, context }: Connection,
  { kind, name }: Reference,
  { origin }: Address,
  asker: Asker,
): Promise<string | undefined> {
  if (!secrets) throw noSecrets(name)
  const secret = kind === 'env' ? `env:${name}` : name
  const byCaller = asker === 'caller' && context !== undefined
  const access = byCaller
    ? callerAccess(model, context)
    : hostAccess(model, context, { secret: [secret] })
  try {
    return await secrets.reveal(secret, access, origin === undefined ? {} : { origin })
  } catch (error) {
    const isAbsent = isSpellError(error) && /^(?:SECRET_UNKNOWN|DOTENV_INVALID)$/.test(error.code)
    if (kind === 'env' && isAbsent) return undefined
    throw error
  }
}

/** The key, which from now on leaves the run as its label only. */
function hidden(key: string, label: string, context: CallContext | undefined): string {
  if (!isPlaceholder(key)) context?.conceal(key, label)
  return key
}

function noSecrets(name: string): Error {
  const hint = "Put the key in an environment variable and write 'env:NAME'."
  return modelInvalid("a key as 'env:NAME', as no plugin keeps secrets", `'secret:${name}'`, hint)
}

function missing({ endpoint, model }: Connection, { name }: Reference): Error {
  return keyMissing(model.id, endpoint.name, name, model.chosenBy === 'call')
}

/** False where a call may go without. */
export function needsKey({ item, config }: Endpoint, { given, origin }: Address): boolean {
  if (config.api_key !== undefined || given === undefined) return true
  return (item.origins ?? []).includes(origin!)
}
