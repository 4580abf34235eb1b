import { cancelledBy, misfit, toErrorRecord, violations } from '@llmspell/sdk'
import type { CallContext, FinalVerdict, HookRounds, ModelRequest } from '@llmspell/sdk'
import { eventOf } from './events.ts'
import { validators } from './generated/provider.module.validate.js'
import type { Hub } from './hub.ts'
import { answerChanged, answerInstead, answerOver } from './replaced.ts'
import type { ModelAnswer, ResolvedModel } from './types.ts'

/** One way of a question through the hooks: hooks may send it round again. */
export interface Round {
  readonly hub: Hub
  readonly context: CallContext
  readonly model: ResolvedModel
  readonly rounds: HookRounds
  readonly signal: AbortSignal
}

/** Ask again, or ask another model. */
export interface Elsewhere {
  readonly elsewhere: 'again' | { readonly model: string }
}
export interface Instead {
  readonly answer: ModelAnswer
}

type Said<T extends FinalVerdict['type']> = Extract<FinalVerdict, { readonly type: T }>

/** @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
export async function requestThrough(
  round: Round,
  request: ModelRequest,
): Promise<Instead | Elsewhere | { readonly request: ModelRequest }> {
  const { hub, context, model } = round
  const { request: point } = hub.points
  if (!point.used) return { request }
  const said = await point.call({ ...eventOf(context, model), request })
  const { verdict } = said
  if (verdict?.type === 'cancel') throw cancelledBy(`Model '${model.id}'`, point.name, verdict)
  if (verdict?.type === 'replace') return { answer: answerInstead(point.name, verdict, model) }
  if (verdict?.type === 'redirect') return redirected(round, point.name, verdict)
  return { request: said.changed ? checked(said.data.request, model.id) : request }
}

/** What a reader gets of an answer that came. @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
export async function answerThrough(
  round: Round,
  given: ModelAnswer,
): Promise<Instead | Elsewhere> {
  const { hub, context, model, rounds, signal } = round
  const { response: point } = hub.points
  const event = { ...eventOf(context, model), attempt: rounds.attempts }
  const said = await point.call({ ...event, answer: given })
  const { verdict } = said
  if (verdict?.type === 'cancel') throw cancelledBy(`Model '${model.id}'`, point.name, verdict)
  if (verdict?.type === 'replace') return { answer: answerOver(point.name, verdict, model, given) }
  if (verdict?.type === 'retry' && (await rounds.again(verdict, signal)))
    return { elsewhere: 'again' }
  return { answer: said.changed ? answerChanged(point.name, said.data.answer, given) : given }
}

/** What is done about a failure; undefined where it stands. */
export async function failureThrough(
  round: Round,
  thrown: unknown,
): Promise<Instead | Elsewhere | undefined> {
  const { hub, context, model, rounds, signal } = round
  const { error: point } = hub.points
  const error = toErrorRecord(thrown)
  if (!point.used || signal.aborted || isDecided(error.code)) return undefined
  const event = { ...eventOf(context, model), attempt: rounds.attempts }
  const { verdict } = await point.call({ ...event, error })
  if (verdict?.type === 'replace') return { answer: answerInstead(point.name, verdict, model) }
  if (verdict?.type === 'redirect') return redirected(round, point.name, verdict)
  const again = verdict?.type === 'retry' && (await rounds.again(verdict, signal))
  return again ? { elsewhere: 'again' } : undefined
}

/** Limits and what hooks decided themselves are no failures of a model. */
function isDecided(code: string): boolean {
  return code === 'BUDGET_EXCEEDED' || code === 'CANCELLED' || code.startsWith('HOOK_')
}

function redirected({ rounds }: Round, point: string, said: Said<'redirect'>): Elsewhere {
  return { elsewhere: { model: rounds.redirected(point, said) } }
}

/** @throws HOOK_RESULT_INVALID for what nobody could have asked */
function checked(request: ModelRequest, model: string): ModelRequest {
  const validate = validators['generate']!
  if (validate({ model, request })) return request
  const [first] = violations(validate.errors ?? [], 'request')
  const found = `${first?.found} at '${first?.path}'`
  throw misfit('llm.request', 'what Provider.generate takes', found)
}
