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
  return runs.held(id, async () => {
    const going = runs.going(id)
    if (going && !going.life.closed) return
    await going?.over
    await runs.lease.claim(id)
    const stored = await runs.known(id)
    try {
      const { log, loaded } = await runs.open({ ...stored, ...(onUnknown && { onUnknown }) })
      if (isFinal(log.row.status)) throw ended(id, log.row.status)
      const { records } = loaded
      const asked = { ...(decide && { decide }), ...(definition && { definition }) }
      runs.go({ mode: 'resume', log, records, ...asked })
    } catch (error) {
      if (!isSpellError(error) || error.code !== 'JOURNAL_DAMAGED') throw error
      const reason = toErrorRecord(error)
      runs.host.logger.error(error.message)
      await runs.log(stored, {}).change({ row: { status: 'needs-attention', reason } }, true)
    }
  })
}
