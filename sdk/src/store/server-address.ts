import { readFile } from 'node:fs/promises'
import { BlockList, isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { Secrets } from '../contracts/secrets.ts'
import { SpellError } from '../errors.ts'

/** Config of a store on a server. */
export interface ServerConfig {
  readonly url?: string
  readonly password?: string
  readonly tls: 'auto' | 'on' | 'off'
  readonly ca_file?: string
}

export interface ServerKind {
  /** Name of the kind of store. */
  readonly name: string
  /** As in `redis:`. */
  readonly schemes: readonly string[]
  /** Of which each address is encrypted. */
  readonly secured?: string
  readonly secrets: Secrets | undefined
}

export interface ServerAddress {
  readonly url: URL
  readonly password: string | undefined
  readonly tls: ConnectionOptions | undefined
  /** For texts: host and port, nothing else. */
  readonly shown: string
}

const REFERENCE = /^(?:env|secret):./

/** Where a server is and how it is spoken to. No text of an error holds what may be secret. */
export async function serverAddress(
  config: ServerConfig,
  kind: ServerKind,
): Promise<ServerAddress> {
  if (config.url === undefined) throw unusable(kind, 'url', `a '${kind.schemes[0]}' address`)
  const given = config.url
  const text = REFERENCE.test(given) ? await revealed(given, kind) : given
  const url = parsed(text, kind)
  const host = socketOf(url) ?? url.hostname
  const shown = url.port === '' ? host : `${host}:${url.port}`
  const origin = url.hostname === '' ? undefined : `https://${shown}`
  const password =
    config.password === undefined
      ? decodeURIComponent(url.password) || undefined
      : await revealed(config.password, kind, origin)
  return { url, password, tls: await tlsOf(config, kind, url), shown }
}

/** Folder or file of a socket, where the address names one: `?host=/folder` or `?path=/file`. */
export function socketOf({ searchParams }: URL): string | undefined {
  const named = searchParams.get('host') ?? searchParams.get('path')
  return named?.startsWith('/') ? named : undefined
}

function parsed(text: string, kind: ServerKind): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !kind.schemes.includes(url.protocol))
    throw unusable(kind, 'url', `an address with '${kind.schemes.join("' or '")}'`)
  return url
}

async function revealed(reference: string, kind: ServerKind, origin?: string): Promise<string> {
  const name = reference.replace(/^secret:/, '')
  if (kind.secrets) return kind.secrets.reveal(name, accessOf(name, kind), origin ? { origin } : {})
  const value = reference.startsWith('env:') ? process.env[reference.slice(4)] : undefined
  if (value !== undefined) return value
  throw new SpellError(
    'STATE_UNAVAILABLE',
    `The store '${kind.name}' needs '${reference}': expected a value there, found none.`,
    { hint: 'Set the variable, or add the plugin that keeps secrets.' },
  )
}

/** What the host has configured: exactly this name. */
function accessOf(name: string, { name: store }: ServerKind) {
  const grants = [{ holder: `plugin store-${store}`, allow: { secret: [name] } }]
  return { subject: `Store '${store}'`, grants, root: process.cwd() }
}

async function tlsOf(
  { tls, ca_file: file }: ServerConfig,
  { secured }: ServerKind,
  url: URL,
): Promise<ConnectionOptions | undefined> {
  const on = tls === 'on' || url.protocol === secured || (tls === 'auto' && !isNear(url))
  if (!on) return undefined
  const ca = file === undefined ? {} : { ca: await readFile(file) }
  const name = isIP(bare(url.hostname)) === 0 ? { servername: url.hostname } : {}
  return { ...ca, ...name, rejectUnauthorized: true }
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

const bare = (host: string): string => host.replace(/^\[|\]$/g, '')

function isNear(url: URL): boolean {
  const host = bare(url.hostname)
  if (socketOf(url) !== undefined || host === '' || host === 'localhost') return true
  const version = isIP(host)
  return version !== 0 && LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

function unusable({ name }: ServerKind, key: string, expected: string): SpellError {
  return new SpellError(
    'STATE_UNAVAILABLE',
    `The store '${name}' cannot be reached by its '${key}': expected ${expected}, found none.`,
    { hint: `Write it at 'plugins.store-${name}.${key}' of your own config.` },
  )
}
