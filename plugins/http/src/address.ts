import type { BlockList } from 'node:net'

/** What kind of network an address belongs to. `metadata`: keys of a cloud machine lie there. */
export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'carrier-grade NAT'
  | 'multicast'
  | 'metadata'
  | 'reserved'

export type Classify = (address: string) => AddressClass

type Library = typeof import('ipaddr.js')
type Parsed = ReturnType<Library['parse']>

/** What addresses are compared with, made once. */
interface Tables {
  readonly library: Library
  readonly reserved: BlockList
  readonly metadata: ReadonlySet<string>
}

const METADATA = [
  '169.254.169.254',
  '169.254.169.253',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::253',
  'fd00:ec2::23',
  'fd20:ce::254',
]

/** Beyond what ipaddr.js knows: `::/96` is unicast to it, and so is what nobody has been given yet. */
const RESERVED: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
]

const CLASSES: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  multicast: 'multicast',
}

/** Loads what it needs on first use. */
export async function loadClassify(): Promise<Classify> {
  const module = await import('ipaddr.js')
  const library = module.default ?? module
  const metadata = new Set(METADATA.map((known) => library.parse(known).toString()))
  const tables = { library, reserved: blockList(), metadata }
  return (address) => classOf(tables, library.parse(plainForm(address)))
}

function blockList(): BlockList {
  const list = new (process.getBuiltinModule('node:net').BlockList)()
  for (const [network, bits, kind] of RESERVED) list.addSubnet(network, bits, kind)
  return list
}

function classOf(tables: Tables, address: Parsed): AddressClass {
  const inner = embedded(tables, address)
  if (inner) return classOf(tables, inner)
  if (tables.metadata.has(address.toString())) return 'metadata'
  const named = CLASSES[address.range()] ?? 'reserved'
  if (named !== 'public') return named
  if (tables.reserved.check(address.toString(), address.kind())) return 'reserved'
  return address.kind() === 'ipv4' || isGlobal(address.toByteArray()) ? 'public' : 'reserved'
}

/** Of IPv6, only 2000::/3 has been given out. */
function isGlobal([first]: readonly number[]): boolean {
  return first! >> 5 === 1
}

/** Without its zone, and without dots in IPv6: the library takes the old compatible form for the mapped one. */
function plainForm(address: string): string {
  const bare = address.replace(/%.*$/, '')
  return bare.includes(':') ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare
}

/** The IPv4 address that an IPv6 one stands for: mapped, by NAT64, by 6to4, or in the old compatible form. */
function embedded({ library, metadata }: Tables, address: Parsed): Parsed | undefined {
  if (address.kind() === 'ipv4') return undefined
  const bytes = address.toByteArray()
  const place = placeOfIPv4(Buffer.from(bytes).toString('hex'))
  if (!place) return undefined
  const inner = library.fromByteArray(bytes.slice(place.at, place.at + 4))
  // Tunnels and the old form have no honest use: only what they mean inside is worth a word.
  return place.current || inner.range() !== 'unicast' || metadata.has(inner.toString())
    ? inner
    : undefined
}

function placeOfIPv4(hex: string): { readonly at: number; readonly current: boolean } | undefined {
  if (/^0{20}ffff/.test(hex) || hex.startsWith('0064ff9b0000000000000000'))
    return { at: 12, current: true }
  if (hex.startsWith('2002')) return { at: 2, current: false }
  return /^0{24}(?!0000000[01])/.test(hex) ? { at: 12, current: false } : undefined
}
