import { isSpellError } from '@llmspell/sdk'
import type { AddressClass, Classify } from './address.ts'
import type { Deadline } from './deadline.ts'
import { failed, failureOf } from './errors.ts'
import type { Target } from './target.ts'

/** One answer for a name, checked: connections are made to these only. */
export interface Checked {
  readonly address: string
  readonly family: 4 | 6
  readonly class: AddressClass
}

/** All addresses of a name. */
export type Lookup = (host: string) => Promise<readonly string[]>

const MOST = 16

/** The system's own: hosts file, then DNS. */
export const systemLookup: Lookup = async (host) => {
  const { lookup } = process.getBuiltinModule('node:dns').promises
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address)
}

/** Every answer with its class. An address in the URL is its own answer. @throws HTTP_FAILED, HTTP_TIMEOUT */
export async function resolve(
  { host }: Target,
  classify: Classify,
  lookup: Lookup,
  deadline: Deadline,
): Promise<readonly Checked[]> {
  const { isIP } = process.getBuiltinModule('node:net')
  const literal = isIP(host) > 0
  const found = literal ? [host] : await ask(host, lookup, deadline)
  const known = [...new Set(found)].filter((address) => isIP(address) > 0).slice(0, MOST)
  if (known.length === 0) throw failed(host, 'its name has no address', 'ENOTFOUND')
  return known.map((address) => ({
    address,
    family: isIP(address) as 4 | 6,
    class: classify(address),
  }))
}

async function ask(host: string, lookup: Lookup, deadline: Deadline): Promise<readonly string[]> {
  const stop = deadline.limit('connectMs', 'its name was not found')
  try {
    return await deadline.race(lookup(host))
  } catch (error) {
    throw isSpellError(error) ? error : failureOf(host, error)
  } finally {
    stop()
  }
}

/** Whether the host, as it is written, is known to be no public one: no name has been looked up yet. */
export function isClosed({ host }: Target, classify: Classify): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const { isIP } = process.getBuiltinModule('node:net')
  return isIP(host) > 0 && !['public', 'metadata'].includes(classify(host))
}
