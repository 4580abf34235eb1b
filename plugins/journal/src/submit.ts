import { randomUUID } from 'node:crypto'
import { SpellError } from '@llmspell/sdk'
import type { SubmitRequest } from '@llmspell/sdk'
import type { RecordBody } from './log.ts'
import { ROOT } from './paths.ts'
import type { StoredRun } from './store.ts'
import { pack } from './values.ts'
import type { Packed } from './values.ts'

const RUN_ID = /^[A-Za-z0-9._:-]{1,128}$/

/** @throws INPUT_INVALID */
export function checkRunId(id: string): void {
  if (RUN_ID.test(id)) return
  throw new SpellError(
    'INPUT_INVALID',
    `The run id '${id.slice(0, 200)}' is not usable: expected 1 to 128 of letters, digits, '.', '_', ':' and '-'.`,
    { hint: 'Choose an id of these signs.' },
  )
}

/** A run as it begins, and its first record. */
export function begun(
  request: SubmitRequest,
  options: { now: number; retentionMs: number; executor: string },
): { stored: StoredRun; begin: RecordBody; input: Packed } {
  checkRunId(request.runId)
  const input = pack(request.input)
  const { now } = options
  const { runId, definition, labels, startAt, timeoutMs, parent, tenant = 'local' } = request
  const stored: StoredRun = {
    row: {
      runId,
      status: 'queued',
      definition,
      ...(labels && { labels }),
      records: 0,
      bytes: 0,
      createdAt: now,
      updatedAt: now,
    },
    generation: 0,
    tenant,
    input: input.stored,
    durability: request.durability ?? 'sync',
    onUnknown: request.onUnknown ?? 'ask',
    retentionMs: request.retentionMs ?? options.retentionMs,
    ...(startAt !== undefined && { startAt }),
    ...(timeoutMs !== undefined && { deadline: Math.max(now, startAt ?? now) + timeoutMs }),
    ...(parent && { parent }),
  }
  return { stored, begin: beginOf(stored, input, options.executor), input }
}

export function beginOf(stored: StoredRun, input: Packed, executor: string): RecordBody {
  return {
    kind: 'begin',
    path: ROOT,
    definition: stored.row.definition,
    input: input.stored,
    seed: randomUUID(),
    executor,
    tenant: stored.tenant,
  }
}
