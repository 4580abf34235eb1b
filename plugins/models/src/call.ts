import { HookRounds, toErrorRecord } from '@llmspell/sdk'
import type { CallContext, ErrorRecord, ModelRequest, Usage } from '@llmspell/sdk'
import { collect, finishOf, gather, scatter } from './answer.ts'
import { answerThrough, failureThrough, requestThrough } from './asked-hooks.ts'
import type { Elsewhere, Round } from './asked-hooks.ts'
import { attempts } from './attempts.ts'
import type { Question, Tally } from './attempts.ts'
import { refuseBeyond } from './capabilities.ts'
import { eventOf } from './events.ts'
import { connectIn, resolveIn } from './hub.ts'
import type { Hub } from './hub.ts'
import { giveNotices } from './notices.ts'
import { capOf, reserve, settling } from './spending.ts'
import { providerOf } from './tape-provider.ts'
import { answeringTape } from './taped.ts'
import { timeoutsOf } from './timeouts.ts'
import type { Timeouts } from './timeouts.ts'
import type { AnswerChunk, ModelSpec, ResolvedModel } from './types.ts'

/** What a caller asks for. */
export interface Ask {
  readonly spec: ModelSpec | undefined
  readonly request: ModelRequest
  readonly streaming: boolean
  readonly context: CallContext
}

/** One question to one model, and how it went. */
interface Passage extends Round {
  readonly ask: Ask
  readonly tally: Tally
  /** When it was asked; unset where it never was. */
  started?: number
  /** A reader has got something that cannot be taken back. */
  handed: boolean
  outcome: { readonly ok: boolean; readonly usage?: Usage; readonly error?: ErrorRecord }
  replacedBy?: string | undefined
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
  const rounds = new HookRounds()
  for (let { spec } = ask; ;) {
    const model = await route(hub, ask, await resolveIn(hub, spec, ask.context))
    const { context } = ask
    const tally: Tally = { attempts: 0 }
    const passage = { hub, ask, context, model, rounds, signal, tally, handed: false }
    const next = yield* pass({ ...passage, outcome: { ok: false } })
    if (!next) return
    if (next.elsewhere !== 'again') spec = next.elsewhere.model
  }
}

/** Gives the whole answer, or says where else it is to be looked for. */
async function* pass(passage: Passage): AsyncGenerator<AnswerChunk, Elsewhere | undefined> {
  try {
    return yield* asked(passage)
  } catch (error) {
    passage.outcome = { ok: false, error: toErrorRecord(error) }
    const instead = passage.handed ? undefined : await failureThrough(passage, error)
    if (!instead) throw error
    if ('elsewhere' in instead) return instead
    return yield* watched(passage, scatter(instead.answer))
  } finally {
    await report(passage)
  }
}

async function* asked(passage: Passage): AsyncGenerator<AnswerChunk, Elsewhere | undefined> {
  const { hub, ask, model } = passage
  const given = Object.entries(ask.request).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  const request = { ...model.options, ...Object.fromEntries(given) } as ModelRequest
  const made = await requestThrough(passage, request)
  if ('elsewhere' in made) return made
  const chunks =
    'answer' in made ? counted(passage, scatter(made.answer)) : live(passage, made.request)
  if (!hub.points.response.used) return yield* watched(passage, chunks)
  const looked = await answerThrough(passage, gather(await collect(chunks)))
  if ('elsewhere' in looked) return looked
  return yield* watched(passage, scatter(looked.answer))
}

/** The chunks of the model itself, paid for. */
async function* live(passage: Passage, request: ModelRequest): AsyncGenerator<AnswerChunk> {
  const { hub, model, tally } = passage
  const question = await prepare(passage, request)
  const reservation = await reserve(hub, model, question)
  passage.started = performance.now()
  const answered = priced(passage, attempts(hub, question, tally))
  yield* counted(passage, settling(hub, answered, model, question, reservation))
}

async function* counted(
  passage: Passage,
  chunks: AsyncIterable<AnswerChunk> | Iterable<AnswerChunk>,
): AsyncGenerator<AnswerChunk> {
  passage.started ??= performance.now()
  for await (const chunk of chunks) {
    if (chunk.type === 'finish') {
      passage.outcome = { ok: true, usage: chunk.usage }
      passage.replacedBy = chunk.replacedBy
    }
    yield chunk
  }
}

async function route(hub: Hub, ask: Ask, model: ResolvedModel): Promise<ResolvedModel> {
  const { route: point } = hub.points
  if (!point.used) return model
  const choice = await point.call({ ...eventOf(ask.context, model), request: ask.request })
  return choice === undefined ? model : resolveIn(hub, choice.model, ask.context)
}

async function prepare(
  { hub, ask: { context, streaming }, model, signal }: Passage,
  request: ModelRequest,
): Promise<Question> {
  const connected = await connectIn(hub, model, context)
  if (!answeringTape(hub, context)) giveNotices(hub, model, connected, context)
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

async function* priced(
  { context, model, tally }: Passage,
  chunks: ReturnType<typeof attempts>,
): AsyncGenerator<AnswerChunk> {
  for await (const chunk of chunks) {
    if (chunk.type !== 'finish') {
      yield chunk
      continue
    }
    const finish = finishOf(chunk, model, tally.attempts)
    context.spend(finish.usage)
    yield finish
  }
}

async function* watched(
  passage: Passage,
  chunks: AsyncIterable<AnswerChunk> | Iterable<AnswerChunk>,
): AsyncGenerator<AnswerChunk, undefined> {
  const { hub, context, model } = passage
  const { chunk: point } = hub.points
  for await (const chunk of chunks) {
    passage.handed = true
    if (point.used) point.call({ ...eventOf(context, model), chunk })
    yield chunk
  }
  return undefined
}

async function report(passage: Passage): Promise<void> {
  const { hub, context, model, tally, started, outcome, replacedBy } = passage
  const { done } = hub.points
  if (!done.used || started === undefined) return
  await done.call({
    ...eventOf(context, model),
    ...outcome,
    ...(replacedBy === undefined ? {} : { replacedBy }),
    attempts: tally.attempts,
    durationMs: performance.now() - started,
  })
}
