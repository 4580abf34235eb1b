import { globMatcher } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import type { Egress } from './generated/config.ts'
import { mapTexts } from './walk.ts'

/** Parameters that name a host without a scheme. */
const HOST_KEYS: ReadonlySet<string> = new Set(['host', 'hostname', 'domain', 'server'])
/** Schemes whose addresses need no slashes. */
const WEB = /^(?:https?|wss?|ftp):/i
const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const SLASHED = /^(?:(?:https?|wss?|ftp):[\\/]{2}|[a-z][a-z0-9+.-]*:\/\/(?![\\/]))/i
/** What is taken off the ends of an address. */
const EDGES = /^[\0-\x20\xa0]+/
/** Where an address begins inside a text; the length of a scheme does not matter. */
const BEGINNING = /(?:https?|wss?|ftp):[\\/]*|:\/\/(?![\\/])/gi
const AUTHORITY = /^[^\s/\\?#]+/
const CUT = /^[^"'`<>,;(){}|^]+/
/** A longer one is no host. */
const MOST_AUTHORITY = 1024

/** Which hosts may be named to a tool that reaches the network. */
export class EgressRules {
  readonly #allow: readonly ((host: string) => boolean)[]
  readonly #deny: readonly ((host: string) => boolean)[]
  readonly action: 'warn' | 'cancel'

  constructor({ allow = [], deny = [], action = 'cancel' }: Egress) {
    const made = (patterns: readonly string[]) =>
      patterns.map((pattern) => globMatcher(pattern.toLowerCase()))
    this.#allow = made(allow)
    this.#deny = made(deny)
    this.action = action
  }

  get some(): boolean {
    return this.#allow.length + this.#deny.length > 0
  }

  /** The first host that may not be named. */
  refused(params: Value): string | undefined {
    const hosts: string[] = []
    mapTexts(params, (text, key) => {
      for (const host of hostsIn(text, key)) hosts.push(host)
      return text
    })
    return hosts.find((host) => !this.isAllowed(host))
  }

  isAllowed(host: string): boolean {
    if (this.#deny.some((fits) => fits(host))) return false
    return this.#allow.length === 0 || this.#allow.some((fits) => fits(host))
  }
}

/** Hosts of all addresses in a text, as clients of the web read them. */
export function hostsIn(text: string, key: string): readonly string[] {
  const whole = wholeHost(text, HOST_KEYS.has(key.toLowerCase()))
  return whole === undefined ? namedHosts(text) : [whole, ...namedHosts(text)]
}

/** Of an address that cannot be read, the text itself, which no pattern allows. */
function wholeHost(text: string, isHost: boolean): string | undefined {
  const clean = text.replace(/[\t\n\r]/g, '').replace(EDGES, '')
  const slashed = SLASHED.test(clean)
  if (slashed || WEB.test(clean))
    return hostOf(clean.replace(SCHEME, '')) ?? (slashed ? text : undefined)
  return isHost ? (hostOf(clean) ?? text) : undefined
}

function namedHosts(text: string): string[] {
  return [...text.matchAll(BEGINNING)].flatMap(({ index, 0: { length } }) => {
    const from = index + length
    const authority = AUTHORITY.exec(text.slice(from, from + MOST_AUTHORITY))?.[0] ?? ''
    if (authority.length === MOST_AUTHORITY) return authority
    // What one reader takes for the end, another takes for the name of a user.
    const both = new Set([CUT.exec(authority)?.[0] ?? '', authority].map(endOf))
    return [...both].flatMap((end) => (end === '' ? [] : (hostOf(end) ?? [])))
  })
}

/** What stands behind the user, up to what no host has. */
function endOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return /^\[[\da-f:.]+\]/i.exec(host)?.[0] ?? /^[^"'`<>,;(){}[\]|^*:]*/.exec(host)![0]
}

function hostOf(address: string): string | undefined {
  return URL.parse(`http://${address}`)?.hostname.replace(/\.$/, '')
}
