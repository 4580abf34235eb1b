import { didYouMean, SpellError, type JournalRecord } from '@llmspell/sdk'
import type { RunStore } from './store.ts'

type Mark = Extract<JournalRecord, { readonly kind: 'mark' }>

/**
 * A record by its number, or by the label of a mark, which the last of that label wins.
 * @throws FLAG_INVALID for what the journal does not have
 */
export async function recordNumber(
  { executor }: RunStore,
  runId: string,
  flag: string,
  given: string | undefined,
): Promise<number | undefined> {
  if (given === undefined) return undefined
  const records = await Array.fromAsync(executor.history(runId))
  const marks = records.filter((record): record is Mark => record.kind === 'mark')
  const found = /^\d+$/.test(given)
    ? records.find(({ n }) => n === Number(given))
    : marks.findLast(({ label }) => label === given)
  if (found) return found.n
  throw new SpellError(
    'FLAG_INVALID',
    `Flag '--${flag}': run '${runId}' has no record '${given}'.`,
    {
      hint: didYouMean(
        given,
        marks.map(({ label }) => label),
        `Its records are 0 to ${records.at(-1)?.n ?? 0}: llmspell run show ${runId}`,
      ),
    },
  )
}
