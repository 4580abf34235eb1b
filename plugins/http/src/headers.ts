import { headerRefused } from './errors.ts'

type Headers = Readonly<Record<string, string>>

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/
// What Latin-1 has and a line does not end: anything else is cut to a byte on the way, and U+010D becomes CR.
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

/** Framing is the client's, routing the network's: from a caller they smuggle a second request or another host. */
const CLOSED = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
  'via',
  'forwarded',
  'x-real-ip',
  'x-host',
  'x-client-ip',
  'client-ip',
  'true-client-ip',
  'x-original-url',
  'x-original-host',
  'x-rewrite-url',
])
const CLOSED_KINDS = /^(?:proxy-|x-forwarded|x-envoy-|x-amz-security-|sec-|:)/

/** What may go along to another origin: everything else may carry a key. */
const HARMLESS =
  /^(?:accept|accept-(?:charset|encoding|language)|content-(?:type|language|encoding)|user-agent|cache-control|pragma|range|if-.*)$/

/** The headers of the caller in lower case. @throws HTTP_HEADER */
export function checkHeaders(given: Headers, maxBytes: number): Record<string, string> {
  const checked: Record<string, string> = Object.create(null) as Record<string, string>
  let bytes = 0
  for (const [name, value] of Object.entries(given)) {
    const key = checkName(name)
    if (key in checked) throw headerRefused(name, 'each name once', 'it twice')
    if (typeof value !== 'string' || !VALUE.test(value))
      throw headerRefused(name, 'a value of one line in Latin-1', 'other characters')
    bytes += name.length + value.length + 4
    if (bytes > maxBytes) throw headerRefused(name, `headers of at most ${maxBytes} bytes`, 'more')
    checked[key] = value.trim()
  }
  return checked
}

function checkName(name: string): string {
  const key = name.toLowerCase()
  if (!NAME.test(name)) throw headerRefused(name, 'letters, digits and hyphens', 'other characters')
  if (CLOSED.has(key) || CLOSED_KINDS.test(key))
    throw headerRefused(name, 'none that frames or routes the request', 'one')
  return key
}

/** What is left of the headers when a redirect leaves the origin. */
export function withoutSecrets(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.test(name)))
}

/** Received headers: values of one name joined, each `set-cookie` on a line of its own. */
export function received(raw: readonly string[]): Headers {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    const before = headers[name]
    const value = raw[i + 1]!
    headers[name] =
      before === undefined ? value : before + (name === 'set-cookie' ? '\n' : ', ') + value
  }
  return { ...headers }
}
