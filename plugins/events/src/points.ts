import { checkValue, SpellError } from '@llmspell/sdk'
import type {
  BusEvent,
  DeadLetter,
  HookPoint,
  HookRegistry,
  Intercept,
  Notify,
  Value,
} from '@llmspell/sdk'

declare module '@llmspell/sdk' {
  interface Hooks {
    'event.publish': Intercept<EventFacts>
    'event.published': Notify<EventFacts>
    'event.failed': Notify<EventFailure>
  }
}

/** Payload of `event.publish` and `event.published`. */
export interface EventFacts {
  readonly run_id?: string
  readonly event_type: string
  readonly source: string
  readonly event_id: string
  readonly data: Value
}

/** Payload of `event.failed`. */
export interface EventFailure extends EventFacts {
  readonly subscription: string
  readonly pattern: string
  readonly error: string
}

/** The hook points of the bus. */
export interface Points {
  readonly publish: { readonly used: boolean }
  readonly published: { readonly used: boolean; call(event: BusEvent): void }
  readonly failed: { readonly used: boolean; call(letter: DeadLetter): void }
  /** The event as the taps leave it. @throws HOOK_CANCELLED */
  ask(event: BusEvent): Promise<BusEvent>
}

const UNUSED = { used: false, call: () => {} }

/** Of a bus outside of a kernel. */
export const NO_POINTS: Points = {
  publish: UNUSED,
  published: UNUSED,
  failed: UNUSED,
  ask: (event) => Promise.resolve(event),
}

export function pointsOf(hooks: Pick<HookRegistry, 'point'>): Points {
  const publish = hooks.point('event.publish')
  const published = hooks.point('event.published')
  const failed = hooks.point('event.failed')
  return {
    publish,
    published: telling(published, factsOf),
    failed: telling(failed, failureOf),
    ask: (event) => ask(publish, event),
  }
}

function telling<K extends 'event.published' | 'event.failed', T>(
  point: HookPoint<K>,
  payload: (told: T) => unknown,
): { readonly used: boolean; call(told: T): void } {
  return {
    get used() {
      return point.used
    },
    call: (told) => void point.call(payload(told) as never),
  }
}

async function ask(point: HookPoint<'event.publish'>, event: BusEvent): Promise<BusEvent> {
  const { verdict, data: facts } = await point.call(factsOf(event))
  if (verdict?.type === 'cancel') throw cancelled(event, verdict.reason, verdict.hint)
  if (facts.data === event.data) return event
  return { ...event, data: checkValue(facts.data, { path: 'data', refs: false }) }
}

function factsOf({ event_type, data, id, metadata }: BusEvent): EventFacts {
  const { run_id, source } = metadata
  return { ...(run_id === undefined ? {} : { run_id }), event_type, source, event_id: id, data }
}

function failureOf({ event, subscription, pattern, error = '' }: DeadLetter): EventFailure {
  return { ...factsOf(event), subscription, pattern, error }
}

function cancelled({ event_type }: BusEvent, reason: string, hint?: string): SpellError {
  return new SpellError('HOOK_CANCELLED', `Event '${event_type}' was cancelled: ${reason}.`, {
    hint: hint ?? 'Change what the hook objects to.',
    details: { hook: 'event.publish', reason },
  })
}
