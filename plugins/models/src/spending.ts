import type {
  BudgetUse,
  CallContext,
  Forecast,
  ModelRequest,
  Reservation,
  Usage,
  Value,
} from '@llmspell/sdk'
import { costOf } from './answer.ts'
import { estimate } from './capabilities.ts'
import type { Hub } from './hub.ts'
import type { AnswerChunk, ResolvedModel } from './types.ts'
import type { Question } from './attempts.ts'

const CHARS_PER_TOKEN = 4

/** Sums of fractions are not exact. In tokens. */
const ROUNDING = 1e-6

/** What a call is expected to take: its question, and the most it may answer or, unsaid, the usual. */
export function forecastOf(
  model: ResolvedModel,
  request: ModelRequest,
  usual: number,
  left: Partial<BudgetUse>,
): Forecast {
  const inputTokens = Math.max(1, estimate(request))
  const outputTokens =
    request.maxTokens ?? Math.max(1, Math.min(usual, room(model, inputTokens, left)))
  const tokens = inputTokens + outputTokens
  return isPriced(model)
    ? { tokens, cost: costOf(model, { inputTokens, outputTokens }) }
    : { tokens }
}

/** Tokens of an answer that what is left pays for. */
function room(model: ResolvedModel, inputTokens: number, left: Partial<BudgetUse>): number {
  const byTokens = (left.tokens ?? Infinity) - inputTokens
  const { priceOut = 0 } = model
  if (left.cost === undefined || priceOut === 0) return byTokens
  const money = left.cost - costOf(model, { inputTokens, outputTokens: 0 })
  return Math.min(byTokens, Math.floor((money * 1_000_000) / priceOut + ROUNDING))
}

/** Most tokens of an answer that are asked for where nobody knows how many the model can give. */
const SAFE_OUTPUT = 16_384

/**
 * The cap that keeps an answer within what is left; none where the caller set one, which is reserved in full, nor where
 * the model cannot give that many.
 */
export function capOf(
  model: ResolvedModel,
  request: ModelRequest,
  left: Partial<BudgetUse>,
): number | undefined {
  if (request.maxTokens !== undefined) return undefined
  const cap = room(model, Math.max(1, estimate(request)), left)
  return cap >= 1 && cap < (model.maxOutput ?? SAFE_OUTPUT) ? cap : undefined
}

/** Tells people once of each limit that an answer, longer than foreseen, went beyond. An agent fails with it. */
function tellOverrun({ budgets }: Hub, context: CallContext): void {
  if (context.actors.at(-1)?.kind === 'agent') return
  const over = budgets?.of(context).overrun?.()
  if (!over) return
  const { who, limit } = over.details as { readonly who: string; readonly limit: string }
  context.share(`models: ${limit} of ${who} overrun`, () => {
    const data = over.details as Value
    context.log({ level: 'warn', message: `${over.message} No more calls are made.`, data })
    return { value: true }
  })
}

function isPriced({ priceIn, priceOut }: ResolvedModel): boolean {
  return priceIn !== undefined && priceOut !== undefined
}

/** Sets aside what a question is expected to cost. @throws BUDGET_EXCEEDED, PRICE_UNKNOWN: nothing was sent */
export async function reserve(
  hub: Hub,
  model: ResolvedModel,
  { request, context }: Pick<Question, 'request' | 'context'>,
): Promise<Reservation | undefined> {
  const { budgets, config } = hub
  if (!budgets) return undefined
  const left = budgets.of(context).remaining()
  const forecast = forecastOf(model, request, config.usual_output, left)
  return budgets.reserve(context, forecast, `Model '${model.id}'`)
}

/**
 * The same chunks. At their end what was spent takes the place of what was set aside: as the provider counts it, else,
 * where an answer broke off or was left, as its text can be counted; nothing where none came.
 */
export async function* settling(
  hub: Hub,
  chunks: AsyncIterable<AnswerChunk>,
  model: ResolvedModel,
  { request, context }: Pick<Question, 'request' | 'context'>,
  reservation: Reservation | undefined,
): AsyncGenerator<AnswerChunk> {
  if (!reservation) return yield* chunks
  let length = 0
  const counted = (): Usage => {
    const inputTokens = estimate(request)
    const outputTokens = Math.ceil(length / CHARS_PER_TOKEN)
    return { inputTokens, outputTokens, cost: costOf(model, { inputTokens, outputTokens }) }
  }
  try {
    for await (const chunk of chunks) {
      length += lengthOf(chunk)
      if (chunk.type === 'finish')
        reservation.settle(isCounted(chunk.usage) ? chunk.usage : counted())
      yield chunk
    }
  } finally {
    if (length > 0) reservation.settle(counted())
    reservation.release()
    tellOverrun(hub, context)
  }
}

/** Some servers count nothing. */
const isCounted = ({ inputTokens, outputTokens }: Usage): boolean =>
  !(inputTokens === 0 && outputTokens === 0)

function lengthOf(chunk: AnswerChunk): number {
  switch (chunk.type) {
    case 'text':
    case 'reasoning':
      return chunk.text.length
    case 'tool_call':
      return JSON.stringify(chunk.input).length
    case 'tool_call_invalid':
      return chunk.raw.length
    default:
      return 0
  }
}
