import { linesOf, type FoundLine } from './folder.ts'
import { NOTHING_BEFORE, parseLine, sha256 } from './line.ts'

/** What verifying found. */
export interface Verified {
  readonly lines: number
  /** Each with its place: `audit-2026-11.jsonl:12: …`. */
  readonly faults: readonly string[]
}

interface Seen {
  readonly hashes: Set<string>
  /** The last line of each chain. */
  readonly chains: Map<string, { readonly n: number; readonly hash: string }>
}

/**
 * Follows every chain of a folder. A line that was changed, taken away or moved breaks its chain; what nobody has
 * written since cannot be missed.
 */
export async function verify(folder: string): Promise<Verified> {
  const seen: Seen = { hashes: new Set([NOTHING_BEFORE]), chains: new Map() }
  const faults: string[] = []
  let lines = 0
  for await (const found of linesOf(folder)) {
    if (found.text === '' && found.whole) continue
    lines++
    const fault = faultOf(found, seen)
    if (fault !== undefined) faults.push(`${found.file}:${found.number}: ${fault}`)
  }
  return { lines, faults }
}

function faultOf({ text, whole }: FoundLine, seen: Seen): string | undefined {
  const line = whole ? parseLine(text) : undefined
  if (!line) return whole ? 'is no line of an audit' : 'is torn: the file ends within the line'
  const hash = sha256(text)
  const before = seen.chains.get(line.chain)
  seen.hashes.add(hash)
  seen.chains.set(line.chain, { n: line.n, hash })
  if (!before) return firstFault(line, seen)
  const missing = line.n - before.n - 1
  if (missing > 0)
    return `${missing} line${missing > 1 ? 's' : ''} before it missing, of chain ${line.chain}`
  if (missing < 0)
    return `is out of order: line ${line.n} after line ${before.n} of chain ${line.chain}`
  return line.prev === before.hash
    ? undefined
    : `line ${before.n} of chain ${line.chain} was changed`
}

function firstFault(
  { n, chain, prev }: { readonly n: number; readonly chain: string; readonly prev: string },
  { hashes }: Seen,
): string | undefined {
  if (n !== 1) return `the first ${n - 1} of chain ${chain} missing`
  return hashes.has(prev)
    ? undefined
    : `the line that chain ${chain} began behind was changed or is missing`
}
