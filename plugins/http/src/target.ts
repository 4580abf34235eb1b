import { urlRefused } from './errors.ts'

/** Where one request goes, parsed once. */
export interface Target {
  readonly url: URL
  readonly secure: boolean
  /** Lower case, without brackets and trailing dot; a name in its ASCII form. */
  readonly host: string
  readonly port: number
  /** `scheme://host:port`, the port always said. */
  readonly origin: string
}

const MAX_URL = 16 * 1024
// What URL takes out or turns round silently is what makes two readers see two hosts.
const CONTROLS = /\p{Cc}/u
const AUTHORITY = /^[a-z][a-z0-9+.-]*:[/\\]*([^/?#]*)/i
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** @throws HTTP_URL */
export function targetOf(input: string | URL): Target {
  const url = parse(input)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw urlRefused(shownOf(url), 'http or https', `the scheme '${url.protocol.slice(0, -1)}'`)
  }
  if (url.username !== '' || url.password !== '') throw userinfo(url.hostname)
  url.hostname = hostOf(url)
  url.hash = ''
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  if (port === 0) throw urlRefused(shownOf(url), 'a port from 1 to 65535', '0')
  const origin = `${url.protocol}//${url.hostname}:${port}`
  return { url, secure, host: url.hostname.replace(/^\[|\]$/g, ''), port, origin }
}

/** The same with another address in place of the host. */
export function originAt({ url, port }: Target, address: string): string {
  return `${url.protocol}//${address.includes(':') ? `[${address}]` : address}:${port}`
}

function parse(input: string | URL): URL {
  if (input instanceof URL) return new URL(input.href)
  const text = input.slice(0, MAX_URL + 1)
  if (text.length > MAX_URL)
    throw urlRefused(text.slice(0, 60), `at most ${MAX_URL} characters`, 'more')
  const beforeQuery = text.split(/[?#]/, 1)[0]!
  if (CONTROLS.test(text)) throw urlRefused(beforeQuery, 'no control characters', 'one')
  if (beforeQuery.includes('\\')) throw urlRefused(beforeQuery, "'/' between its parts", "'\\'")
  if (AUTHORITY.exec(text)?.[1]?.includes('@')) throw userinfo('…')
  const url = URL.parse(text)
  if (url) return url
  throw urlRefused(beforeQuery, 'an absolute URL with a host', 'something else')
}

/** Names as DNS has them: what else a parser lets through (`%00`, `,`, `*`) has no honest use. */
function hostOf({ hostname }: URL): string {
  if (hostname.startsWith('[')) return hostname
  const host = hostname.replace(/\.$/, '')
  const fits = host.length <= 253 && host.split('.').every((label) => LABEL.test(label))
  if (fits) return host
  throw urlRefused(hostname, 'the name or address of a host', 'something else')
}

function userinfo(host: string): Error {
  return urlRefused(host, 'no name or password before the host', "'@'")
}

function shownOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`.slice(0, 200)
}
