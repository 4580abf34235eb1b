import { durationMs, isRef, SpellError } from '@llmspell/sdk'
import type {
  Awaitable,
  BusEvent,
  CallContext,
  DeadLetter,
  HandleRef,
  HostCallback,
  PublishOptions,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { validators } from './generated/event.module.validate.js'
import { RunEvents } from './run-events.ts'
import type { RunEventsParts, SubscriptionOptions } from './run-events.ts'
import type { ScriptSubscription } from './script-subscription.ts'
import { isReserved, reservedText } from './types.ts'
import { requireAllRuns } from './rights.ts'

type Call<Args extends readonly unknown[]> = ScriptCall<Args>
type Duration = number | string

interface Publish {
  readonly correlation_id?: string
  readonly ttl?: Duration
  readonly target?: string
  readonly tags?: readonly string[]
  readonly persist?: boolean
}

interface History {
  readonly after?: number
  readonly pattern?: string
  readonly limit?: number
  readonly all_runs?: boolean
}

const RECEIVE_MS = 5000
const MOST_ROWS = 100

/** The script module `Event`. */
export function eventModule(parts: RunEventsParts): ScriptModuleHandlers {
  const of = (context: CallContext): RunEvents => RunEvents.of(parts, context)
  return {
    validators,
    functions: {
      publish: ({ args: [type, data, opts], context }: Call<[string, Value?, Publish?]>) =>
        publish(parts, context, type, data ?? null, opts ?? {}),
      subscribe: async ({
        args: [pattern, fn, opts],
        context,
      }: Call<[string, (HostCallback | null)?, SubscriptionOptions?]>) => {
        if (opts?.all_runs) await requireAllRuns(parts.permissions, pattern, context, 'subscribe')
        return of(context).add(pattern, fn ?? undefined, opts ?? {}, context).ref
      },
      receive: ({ args: [given, timeout], context }: Call<[HandleRef | string, Duration?]>) =>
        found(of(context), given, context).next(context, durationMs(timeout ?? RECEIVE_MS)),
      unsubscribe: ({ args: [given], context }: Call<[HandleRef | string]>) =>
        isRef(given, 'handle')
          ? closed(context.resolve(given) as ScriptSubscription)
          : of(context).remove(given),
      list_subscriptions: ({ context }: Call<[]>) => of(context).all.map((each) => each.row()),
      get_stats: ({ context }: Call<[]>) => of(context).stats(),
      dead_letters: ({ context }: Call<[]>) =>
        parts.bus
          .deadLetters()
          .filter(({ subscription }) => of(context).owns(subscription))
          .map((letter) => letterRow(letter, context.runId)),
      history: ({ args: [opts], context }: Call<[History?]>) => history(parts, context, opts ?? {}),
      ...methods(),
    },
  }
}

function methods(): ScriptModuleHandlers['functions'] {
  const of = (self: unknown): ScriptSubscription => self as ScriptSubscription
  return {
    'Subscription.next': ({ self, args: [timeout], context }: Call<[Duration?]>) =>
      of(self).next(context, msOf(timeout)),
    'Subscription.take': ({ self, context }: Call<[]>) => of(self).take(context),
    'Subscription.events': ({ self, context }: Call<[]>) =>
      context.stream(of(self).events(context)),
    'Subscription.close': ({ self }: Call<[]>) => closed(of(self)),
  }
}

function closed(subscription: ScriptSubscription): boolean {
  return subscription.close()
}

/** @throws EVENT_RESERVED and what the bus throws */
function publish(
  parts: RunEventsParts,
  context: CallContext,
  type: string,
  data: Value,
  options: Publish,
): Awaitable<boolean> {
  if (isReserved(type)) throw reserved(type)
  const value = context.redact?.(data) ?? data
  const told = optionsOf(context, options)
  const run = RunEvents.of(parts, context)
  if (context.durable) return durably(context, run, () => run.publish(type, value, told))
  const published = run.publish(type, value, told)
  return published instanceof Promise ? published.then(() => true) : true
}

/** What the journal has already is told to this run alone: it reads it again from its beginning. */
async function durably(
  context: CallContext,
  run: RunEvents,
  tell: () => Awaitable<BusEvent>,
): Promise<boolean> {
  let ran = false
  const event = await context.step(
    'publish',
    async () => {
      ran = true
      return (await tell()) as unknown as Value
    },
    { effect: 'idempotent' },
  )
  if (!ran) run.again(event as unknown as BusEvent)
  return true
}

function optionsOf(
  { runId, actors, language }: CallContext,
  { correlation_id, ttl, target, tags, persist }: Publish,
): PublishOptions {
  const actor = actors.at(-1)
  const ttlMs = msOf(ttl)
  return {
    runId,
    language: language ?? 'host',
    source: actor ? `${actor.kind} '${actor.name}'` : 'script',
    ...(correlation_id === undefined ? {} : { correlationId: correlation_id }),
    ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
    ...(target === undefined ? {} : { target }),
    ...(tags === undefined ? {} : { tags }),
    ...(persist === undefined ? {} : { persist }),
  }
}

const msOf = (duration: Duration | undefined): number | undefined =>
  duration === undefined ? undefined : durationMs(duration)

/** @throws HANDLE_UNKNOWN for an id that this run does not have */
function found(
  run: RunEvents,
  given: HandleRef | string,
  context: CallContext,
): ScriptSubscription {
  if (isRef(given, 'handle')) return context.resolve(given) as ScriptSubscription
  const subscription = run.find(given)
  if (subscription) return subscription
  throw new SpellError('HANDLE_UNKNOWN', `Subscription '${given}' is not open in this run.`, {
    hint: 'Event.list_subscriptions() lists those that are.',
  })
}

async function history(
  parts: RunEventsParts,
  context: CallContext,
  { all_runs, limit = MOST_ROWS, ...query }: History,
): Promise<Value> {
  const { pattern = '*' } = query
  if (all_runs) await requireAllRuns(parts.permissions, pattern, context, 'history')
  const rows: Value[] = []
  for await (const event of parts.bus.history(query)) {
    const { run_id } = event.metadata
    if (!all_runs && run_id !== undefined && run_id !== context.runId) continue
    rows.push(event as unknown as Value)
    if (rows.length >= limit) break
  }
  return rows
}

function letterRow({ subscription, event, ...letter }: DeadLetter, runId: string): Value {
  const id = subscription.slice(runId.length + 1)
  return { ...letter, subscription: id, event: event as unknown as Value }
}

function reserved(type: string): SpellError {
  const text = `The event type '${type}' is reserved: only the host publishes ${reservedText}.`
  return new SpellError('EVENT_RESERVED', text, {
    hint: "Choose another first word, such as 'order.paid'.",
  })
}
