import { isSpellError, toErrorRecord } from '@llmspell/sdk'
import type { Decision, DefinitionRef, OnUnknown, RunId, StepPath } from '@llmspell/sdk'
import { ended } from './errors.ts'
import type { Runs } from './runs.ts'
import { isFinal } from './status.ts'

export interface ResumeRequest {
  readonly decide?: readonly { readonly path: StepPath; readonly decision: Decision }[]
  readonly definition?: DefinitionRef
  readonly onUnknown?: OnUnknown
}

/** Goes on with a run that is not in memory. @throws RUN_NOT_FOUND, RUN_ENDED */
export function resume(runs: Runs, id: RunId, request: ResumeRequest): Promise<void> {
  const { decide, definition, onUnknown } = request
  return runs.alone(id, async () => {
    const stored = await runs.known(id)
    if (runs.going(id)) return
    const changed = {
      ...stored,
      ...(onUnknown && { onUnknown }),
      ...(definition && { definition }),
    }
    try {
      const { log, loaded } = await runs.open(changed)
      if (isFinal(log.row.status)) throw ended(id, log.row.status)
      const { records } = loaded
      runs.go({ mode: 'resume', log, records, ...(decide && { decide }) })
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'JOURNAL_DAMAGED') throw error
      const reason = toErrorRecord(error)
      runs.host.logger.error(error.message)
      await runs.log(stored, {}).change({ row: { status: 'needs-attention', reason } }, true)
    }
  })
}
