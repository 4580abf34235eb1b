import type { RowOp } from '@llmspell/sdk/store'
import type { Argument } from './link.ts'
import { bufferOf } from './redis-rows.ts'

/** Bytes that one step of a restore carries. */
const STEP = 4 * 1024 * 1024

/** Operations as a script takes them: of a row that is there twice the last counts. */
export function argumentsOf(ops: readonly RowOp[]): Argument[] {
  const all = [...new Map(ops.map((op) => [bufferOf(op.key).toString('latin1'), op])).values()]
  const gone = all.filter(({ type }) => type === 'del').map(({ key }) => bufferOf(key))
  const puts = all.flatMap((op) =>
    op.type === 'put' ? [bufferOf(op.key), bufferOf(op.value)] : [],
  )
  return [gone.length, ...gone, ...puts]
}

/** The same operations, in steps of a size that does not hold up the server. */
export function* stepsOf(ops: readonly RowOp[]): Generator<RowOp[]> {
  let step: RowOp[] = []
  let bytes = 0
  for (const op of ops) {
    step.push(op)
    bytes += op.key.length + (op.type === 'put' ? op.value.length : 0)
    if (bytes < STEP) continue
    yield step
    step = []
    bytes = 0
  }
  if (step.length > 0) yield step
}
