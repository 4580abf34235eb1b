import { isRef } from '@llmspell/sdk'
import { below, kindOf, type Findings } from './problem.ts'

const MOST_DEPTH = 64
const MOST_VALUES = 200_000

interface Walk {
  readonly findings: Findings
  readonly above: Set<object>
  values: number
}

/** Whether the definition is a tree of a size that the other checks can walk; what keeps it from that is added. */
export function isBounded(definition: unknown, findings: Findings): boolean {
  return visit(definition, '', { findings, above: new Set(), values: 0 })
}

function visit(value: unknown, path: string, walk: Walk): boolean {
  if (++walk.values > MOST_VALUES) {
    return refuse(walk, '', `The definition holds more than ${MOST_VALUES} values.`)
  }
  if (typeof value !== 'object' || value === null || isLeaf(value)) return isData(value, path, walk)
  if (walk.above.has(value)) return cyclic(walk, path)
  if (walk.above.size >= MOST_DEPTH) {
    return refuse(walk, path.slice(0, 200), `More than ${MOST_DEPTH} levels stand in each other.`)
  }
  walk.above.add(value)
  const good = Array.isArray(value)
    ? value.every((item, index) => visit(item, `${path}[${index}]`, walk))
    : Object.entries(value).every(([key, item]) => visit(item, below(path, key), walk))
  walk.above.delete(value)
  return good
}

function isLeaf(value: object): boolean {
  return value instanceof Uint8Array || isRef(value, 'handle') || isRef(value, 'stream')
}

function isData(value: unknown, path: string, { findings }: Walk): boolean {
  const strange = typeof value === 'symbol' || typeof value === 'bigint'
  if (strange || (typeof value === 'number' && !Number.isFinite(value))) {
    findings.add(path, 'type', `Expected plain data, found ${kindOf(value)}.`)
  }
  return true
}

function cyclic({ findings }: Walk, path: string): false {
  findings.add(path, 'cycle', 'The definition holds itself.', 'Refer to a workflow by its handle.')
  return false
}

function refuse({ findings }: Walk, path: string, message: string): false {
  findings.add(path, 'size', message, 'Split it into workflows that call each other.')
  return false
}
