import { toErrorRecord } from '@llmspell/sdk'
import type { CallContext, ErrorRecord, ModelRequest, Reservation, Usage } from '@llmspell/sdk'
import { collect, finishOf, gather, scatter } from './answer.ts'
import { attempts } from './attempts.ts'
import type { Question, Tally } from './attempts.ts'
import { refuseBeyond } from './capabilities.ts'
import { connectIn, resolveIn } from './hub.ts'
import type { Hub } from './hub.ts'
import { giveNotices } from './notices.ts'
import { capOf, reserve, settling } from './spending.ts'
import { providerOf } from './tape-provider.ts'
import { answeringTape } from './taped.ts'
import { timeoutsOf } from './timeouts.ts'
import type { Timeouts } from './timeouts.ts'
import type { AnswerChunk, AnswerFinish, ModelSpec, ResolvedModel } from './types.ts'

/** What a caller asks for. */
export interface Ask {
  readonly spec: ModelSpec | undefined
  readonly request: ModelRequest
  readonly streaming: boolean
  readonly context: CallContext
}

/**
 * The answer to one request, through all hooks, with retries, its usage added to the run.
 * With a tap on `llm.response` the chunks are held back until the answer is whole and was looked at.
 */
export async function* answer(
  hub: Hub,
  ask: Ask,
  signal: AbortSignal,
): AsyncGenerator<AnswerChunk> {
  const model = await route(hub, ask, await resolveIn(hub, ask.spec, ask.context))
  const question = await prepare(hub, ask, model, signal)
  const reservation = await reserve(hub, model, question)
  const tally: Tally = { attempts: 0 }
  const started = performance.now()
  let outcome: { ok: boolean; usage?: Usage; error?: ErrorRecord } = { ok: false }
  try {
    for await (const chunk of throughHooks(hub, ask, model, question, tally, reservation)) {
      if (chunk.type === 'finish') outcome = { ok: true, usage: chunk.usage }
      yield chunk
    }
  } catch (error) {
    outcome = { ok: false, error: toErrorRecord(error) }
    throw error
  } finally {
    await report(hub, ask, model, {
      ...outcome,
      attempts: tally.attempts,
      durationMs: performance.now() - started,
    })
  }
}

async function route(hub: Hub, ask: Ask, model: ResolvedModel): Promise<ResolvedModel> {
  const { route: point } = hub.points
  if (!point.used) return model
  const choice = await point.call({ ...eventOf(ask, model), request: ask.request })
  return choice === undefined ? model : resolveIn(hub, choice.model, ask.context)
}

async function prepare(
  hub: Hub,
  ask: Ask,
  model: ResolvedModel,
  signal: AbortSignal,
): Promise<Question> {
  const { context, streaming } = ask
  const connected = await connectIn(hub, model, context)
  if (!answeringTape(hub, context)) giveNotices(hub, model, connected, context)
  const request = await changedRequest(hub, ask, model)
  refuseBeyond(model, request)
  const left = hub.budgets?.of(context).remaining() ?? {}
  const cap = capOf(model, request, left)
  const provider = await providerOf(hub, model, connected, context, cap)
  const within = hub.budgets?.of(context).signal
  return {
    provider,
    settings: connected.settings,
    access: connected.access,
    keyFrom: connected.keyFrom,
    id: model.id,
    request,
    streaming,
    signal: within === undefined ? signal : AbortSignal.any([signal, within]),
    timeouts: timeoutsIn(hub, model),
    live: !answeringTape(hub, context),
    context,
  }
}

function timeoutsIn({ config }: Hub, { provider, timeouts }: ResolvedModel): Timeouts {
  return timeoutsOf(config.timeouts, config.providers[provider]?.timeouts, timeouts)
}

async function changedRequest(hub: Hub, ask: Ask, model: ResolvedModel): Promise<ModelRequest> {
  const given = Object.entries(ask.request).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  const request = { ...model.options, ...Object.fromEntries(given) } as ModelRequest
  const { request: point } = hub.points
  if (!point.used) return request
  return (await point.call({ ...eventOf(ask, model), request })).request
}

async function* throughHooks(
  hub: Hub,
  ask: Ask,
  model: ResolvedModel,
  question: Question,
  tally: Tally,
  reservation: Reservation | undefined,
): AsyncGenerator<AnswerChunk> {
  const answered = priced(ask, model, attempts(hub, question, tally), tally)
  const chunks = settling(hub, answered, model, question, reservation)
  const { response } = hub.points
  yield* watched(hub, ask, model, response.used ? changed(hub, ask, model, chunks) : chunks)
}

async function* priced(
  { context }: Ask,
  model: ResolvedModel,
  chunks: ReturnType<typeof attempts>,
  tally: Tally,
): AsyncGenerator<AnswerChunk> {
  for await (const chunk of chunks) {
    if (chunk.type !== 'finish') {
      yield chunk
      continue
    }
    const finish: AnswerFinish = finishOf(chunk, model, tally.attempts)
    context.spend(finish.usage)
    yield finish
  }
}

async function* changed(
  hub: Hub,
  ask: Ask,
  model: ResolvedModel,
  chunks: AsyncIterable<AnswerChunk>,
): AsyncGenerator<AnswerChunk> {
  const whole = gather(await collect(chunks))
  const { answer: after } = await hub.points.response.call({
    ...eventOf(ask, model),
    answer: whole,
  })
  yield* scatter(after)
}

async function* watched(
  hub: Hub,
  ask: Ask,
  model: ResolvedModel,
  chunks: AsyncIterable<AnswerChunk>,
): AsyncGenerator<AnswerChunk> {
  const { chunk: point } = hub.points
  for await (const chunk of chunks) {
    if (point.used) point.call({ ...eventOf(ask, model), chunk })
    yield chunk
  }
}

interface Report {
  readonly ok: boolean
  readonly attempts: number
  readonly durationMs: number
  readonly usage?: Usage
  readonly error?: ErrorRecord
}

async function report(hub: Hub, ask: Ask, model: ResolvedModel, outcome: Report): Promise<void> {
  const { done } = hub.points
  if (done.used) await done.call({ ...eventOf(ask, model), ...outcome })
}

function eventOf({ context }: Ask, model: ResolvedModel) {
  const actor = context.actors.at(-1)
  return {
    runId: context.runId,
    actor: actor ? `${actor.kind} '${actor.name}'` : 'script',
    model: model.id,
    mock: model.mock,
  }
}
