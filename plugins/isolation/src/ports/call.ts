import type { ToolChunk } from '@llmspell/sdk'
import { number, plain, table, text } from './args.ts'
import type { OpenCall } from './open-call.ts'
import type { Verbs } from './ports.ts'
import { nextOf } from './streams.ts'

const SHORTEST_HIDDEN = 8
const LONGEST_HIDDEN = 4096
const MOST_HIDDEN = 16
const LONGEST = 1000

/** What a call itself can be asked, as it reaches another process. */
export const CALL: Verbs<undefined> = {
  require: (open, _none, [permission, target, facts]) =>
    open.call.require(
      text(permission, 'permission'),
      text(target, 'target'),
      table(facts, 'facts'),
    ),
  emit: (open, _none, [chunk]) => open.call.emit(chunkOf(chunk)),
  next: (open, _none, [id]) => nextOf(open, id),
  close: (open, _none, [id]) => open.drop(id),
}

/** What a call only tells. */
export function told(open: OpenCall, verb: string, args: readonly unknown[]): void {
  if (verb === 'progress') return progress(open, args)
  if (verb === 'conceal') conceal(open, args)
}

function chunkOf(value: unknown): ToolChunk {
  const chunk = table(value, 'chunk')
  text(chunk['type'], 'chunk.type')
  return plain(chunk, 'chunk') as unknown as ToolChunk
}

function progress({ call }: OpenCall, [done, total, said]: readonly unknown[]): void {
  const whole = total === undefined || total === null ? undefined : number(total, 'total')
  const words = typeof said === 'string' ? said.slice(0, LONGEST).toWellFormed() : undefined
  call.progress(number(done, 'done'), whole, words)
}

/** Short values would take words out of what is no secret. */
function conceal(open: OpenCall, [value, label]: readonly unknown[]): void {
  const secret = text(value, 'value')
  if (secret.length < SHORTEST_HIDDEN || secret.length > LONGEST_HIDDEN) return
  if (++open.concealed > MOST_HIDDEN) return
  open.call.run?.conceal(secret, text(label, 'label').slice(0, LONGEST))
}
