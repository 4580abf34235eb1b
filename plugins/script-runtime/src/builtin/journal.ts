import type { CallRecord, Value } from '@llmspell/sdk'

export interface JournalFilter {
  readonly since?: number
  readonly module?: string
  readonly limit?: number
}

/** The finished calls of a run as scripts see them, in order of asking. */
export async function* journalRows(
  records: readonly CallRecord[],
  { since = 0, module, limit = Number.POSITIVE_INFINITY }: JournalFilter = {},
): AsyncGenerator<Value> {
  const fits = (record: CallRecord): boolean =>
    record.seq >= since && (module === undefined || record.module === module)
  const found = records.filter(fits).toSorted((a, b) => a.seq - b.seq)
  for (const record of found.slice(0, limit)) yield row(record)
}

function row(record: CallRecord): Value {
  const { seq, at = 0, module, function: fn, args, outcome, durationMs, cost = 0 } = record
  const shown = outcome.ok ? outcome : { ok: false, error: outcome.error as unknown as Value }
  return {
    seq,
    at,
    module,
    function: fn,
    args,
    outcome: shown as Value,
    duration_ms: durationMs,
    cost,
  }
}
