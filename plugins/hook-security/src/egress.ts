import { globMatcher } from '@llmspell/sdk'
import type { Value } from '@llmspell/sdk'
import type { Egress } from './generated/config.ts'
import { mapTexts } from './walk.ts'

/** Parameters that name a host without a scheme. */
const HOST_KEYS: ReadonlySet<string> = new Set(['host', 'hostname', 'domain', 'server'])
const ADDRESS = /^\s*[a-z][a-z0-9+.-]*:\/\//i

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
      const host = hostIn(text, key)
      if (host !== undefined) hosts.push(host)
      return text
    })
    return hosts.find((host) => !this.isAllowed(host))
  }

  isAllowed(host: string): boolean {
    if (this.#deny.some((fits) => fits(host))) return false
    return this.#allow.length === 0 || this.#allow.some((fits) => fits(host))
  }
}

/** The host of an address as it will be asked; of one that cannot be read, the text itself, which no pattern allows. */
export function hostIn(text: string, key: string): string | undefined {
  const named = HOST_KEYS.has(key.toLowerCase())
  if (!named && !ADDRESS.test(text)) return undefined
  const address = ADDRESS.test(text) ? text.trim() : `http://${text.trim()}`
  // Only those of the web are read as the web reads them.
  const url = URL.parse(address.replace(/^[a-z][a-z0-9+.-]*:/i, 'http:'))
  return url ? url.hostname.replace(/\.$/, '') : text
}
