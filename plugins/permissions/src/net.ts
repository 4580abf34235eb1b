import { inRange, isRange } from './range.ts'

interface Origin {
  readonly scheme: string | undefined
  readonly host: string
  /** Undefined: not said. */
  readonly port: string | undefined
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  http: '80',
  ws: '80',
  https: '443',
  wss: '443',
}
const RANGE = /^(\[?[0-9a-f.:]+\]?\/\d{1,3})(?::(\d{1,5}|\*))?$/i
const PARTS = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*?)(?::(\d{1,5}|\*))?$/i

/**
 * `[scheme://]host[:port]`, `*.host` for any name below, `*` for any host. Without a port the default
 * ones are meant: 80 and 443, or the scheme's own. `:*` is any port. A range such as `10.0.0.0/8` or
 * `[fd00::]/8` covers addresses, never names, at any port unless one follows: `10.0.0.0/8:443`.
 */
export function matchesNet(grant: string, target: string): boolean {
  const range = RANGE.exec(grant.trim())
  if (range) return matchesRange(range, target)
  const allowed = parseGrant(grant)
  const wanted = parseTarget(target)
  if (!allowed || !wanted) return false
  if (allowed.scheme !== undefined && allowed.scheme !== wanted.scheme) return false
  return hostMatches(allowed.host, wanted.host) && portMatches(allowed, wanted)
}

function matchesRange([, range, port]: RegExpExecArray, target: string): boolean {
  const wanted = parseTarget(target)
  if (!wanted || !isRange(range!) || !inRange(range!, wanted.host)) return false
  if (port === undefined || port === '*') return true
  return port === (wanted.port ?? DEFAULT_PORTS[wanted.scheme ?? 'https'])
}

function hostMatches(allowed: string, wanted: string): boolean {
  if (allowed === '*') return true
  if (allowed.startsWith('*.'))
    return wanted.endsWith(allowed.slice(1)) && wanted.length >= allowed.length
  return allowed === wanted
}

function portMatches({ scheme, port }: Origin, wanted: Origin): boolean {
  const actual = wanted.port ?? DEFAULT_PORTS[wanted.scheme ?? 'https']
  if (actual === undefined) return false
  if (port !== undefined) return port === '*' || port === actual
  if (scheme !== undefined) return DEFAULT_PORTS[scheme] === actual
  return actual === '80' || actual === '443'
}

function parseGrant(grant: string): Origin | undefined {
  const [, scheme, host = '', port] = PARTS.exec(grant.trim().replace(/\/$/, '')) ?? []
  if (/[/@?#\\]/.test(host)) return undefined
  const wild = host.startsWith('*.') ? '*.' : ''
  const name = host === '*' ? '*' : canonicalHost(host.slice(wild.length))
  return name ? { scheme: scheme?.toLowerCase(), host: wild + name, port } : undefined
}

function parseTarget(target: string): Origin | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1]?.toLowerCase()
  const rest = scheme === undefined ? target : target.slice(scheme.length + 3)
  // Parsed as http whatever the scheme: only for such schemes does URL bring hosts to one form.
  const url = URL.parse(`http://${rest}`)
  const host = url && canonicalHost(url.hostname)
  if (!host) return undefined
  return { scheme, host, port: url.port || explicitDefault(rest) }
}

/** URL drops `:80` of http as the default; here it was said. */
function explicitDefault(rest: string): string | undefined {
  return /^[^/?#]*:80(?:[/?#]|$)/.test(rest) ? '80' : undefined
}

/** Lower case, one form of each address, no trailing dot. */
function canonicalHost(host: string): string | undefined {
  return URL.parse(`http://${host}`)?.hostname.replace(/\.$/, '') || undefined
}
