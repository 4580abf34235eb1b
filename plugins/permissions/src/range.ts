import type Addresses from 'ipaddr.js'

type Range = readonly [Addresses.IPv4 | Addresses.IPv6, number]

let loaded: typeof Addresses | undefined
const known = new Map<string, Range | undefined>()

/** Whether a text is a range of addresses: `10.0.0.0/8`, `[fd00::]/8`. */
export function isRange(text: string): boolean {
  return rangeOf(text) !== undefined
}

/** Whether a host is an address of the range. A name never is; an IPv4 address in IPv6 clothes is what it is. */
export function inRange(range: string, host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  const found = rangeOf(range)
  const library = addresses()
  if (!found || !library.isValid(bare)) return false
  const address = library.process(bare)
  const [base, bits] = found
  return address.kind() === base.kind() && address.match(base as never, bits)
}

function rangeOf(text: string): Range | undefined {
  if (!known.has(text)) known.set(text, parse(text))
  return known.get(text)
}

function parse(text: string): Range | undefined {
  const plain = text.replace(/^\[([^\]]*)\]/, '$1')
  const { IPv4, IPv6 } = addresses()
  if (!IPv4.isValidCIDRFourPartDecimal(plain) && !IPv6.isValidCIDR(plain)) return undefined
  const [base, bits] = addresses().parseCIDR(plain)
  const mapped = base.kind() === 'ipv6' && (base as Addresses.IPv6).isIPv4MappedAddress()
  return mapped && bits >= 96 ? [(base as Addresses.IPv6).toIPv4Address(), bits - 96] : [base, bits]
}

/** Deciding cannot wait, and few runs have such a grant: loaded in place when the first one is met. */
function addresses(): typeof Addresses {
  const { createRequire } = process.getBuiltinModule('node:module')
  loaded ??= createRequire(import.meta.url)('ipaddr.js') as typeof Addresses
  return loaded
}
