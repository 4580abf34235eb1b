import { inputInvalid } from '@llmspell/sdk'
import type { SpellError } from '@llmspell/sdk'
import type { UuidInput } from './generated/input.ts'
import { plainForm } from './read.ts'

// RFC 9562, section 6.6.
const NAMESPACES: ReadonlyMap<string, string> = new Map([
  ['dns', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
  ['url', '6ba7b811-9dad-11d1-80b4-00c04fd430c8'],
  ['oid', '6ba7b812-9dad-11d1-80b4-00c04fd430c8'],
  ['x500', '6ba7b814-9dad-11d1-80b4-00c04fd430c8'],
])

/** As many as asked for. Those of v7 are in order, also within a millisecond. @throws INPUT_INVALID */
export async function make(input: UuidInput): Promise<readonly string[]> {
  const { version, count } = input
  checkParts(input)
  const { v4, v5, v7, NIL } = await import('uuid')
  if (version === 'nil') return [NIL]
  if (version === 'v5') return [v5(input.name!, namespaceOf(input.namespace!))]
  return Array.from({ length: count }, () => (version === 'v4' ? v4() : v7()))
}

function checkParts({ version, count, namespace, name, uuid }: UuidInput): void {
  if (uuid !== undefined) throw refused('uuid', "the operation 'parse' for it", "'make'")
  if (version === 'v5') {
    if (namespace === undefined) throw refused('namespace', 'a namespace for a v5', 'nothing')
    if (name === undefined) throw refused('name', 'a name for a v5', 'nothing')
  } else if (namespace !== undefined || name !== undefined) {
    const path = namespace === undefined ? 'name' : 'namespace'
    throw refused(path, `nothing for a ${version}`, 'a value')
  }
  if (count > 1 && (version === 'v5' || version === 'nil'))
    throw refused('count', `1 for ${version}, which is always the same`, String(count))
}

function namespaceOf(namespace: string): string {
  const known = NAMESPACES.get(namespace.toLowerCase()) ?? plainForm(namespace)
  if (known !== undefined) return known
  throw refused('namespace', 'dns, url, oid, x500 or a UUID', JSON.stringify(namespace))
}

export function refused(path: string, expected: string, found: string): SpellError {
  return inputInvalid("Tool 'uuid'", [{ path, expected, found }])
}
