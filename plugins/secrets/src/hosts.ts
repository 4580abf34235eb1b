/** `[scheme://]host[:port]` as a secret is bound to it; `*.host` is any name below. */
interface Bound {
  readonly scheme: string | undefined
  readonly host: string
  readonly port: string | undefined
}

const PARTS =
  /^(?:(https?):\/\/)?(\[[0-9a-f:.]+\]|(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?$/
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/
const PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

/** True for a text that a secret can be bound to. */
export function isHost(text: string): boolean {
  return parse(text) !== undefined
}

/**
 * Whether one of the hosts is that of the origin. Without a scheme HTTPS is meant, or anything on this very machine;
 * without a port the scheme's own.
 */
export function reaches(hosts: readonly string[], origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname, port } = new URL(origin)
  const scheme = protocol.slice(0, -1)
  const at = { scheme, host: hostname.replace(/\.$/, ''), port: port || PORTS[scheme] }
  return at.port !== undefined && hosts.some((host) => covers(parse(host), at))
}

function covers(bound: Bound | undefined, at: Bound): boolean {
  if (!bound) return false
  const near = LOOPBACK.test(at.host)
  const scheme = bound.scheme ?? (near ? at.scheme : 'https')
  const port = bound.port ?? PORTS[scheme!]
  return scheme === at.scheme && port === at.port && sameHost(bound.host, at.host)
}

function sameHost(bound: string, host: string): boolean {
  return bound.startsWith('*.') ? host.endsWith(bound.slice(1)) : bound === host
}

function parse(text: string): Bound | undefined {
  const found = PARTS.exec(text.toLowerCase())
  return found ? { scheme: found[1], host: found[2]!, port: found[3] } : undefined
}
