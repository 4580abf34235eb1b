import { AsyncLocalStorage } from 'node:async_hooks'
import type { RunContext, StepContext } from '@llmspell/sdk'

/** Where in a durable run the host is at work. */
export interface Place {
  /** The scope that the work asks in. */
  readonly context: RunContext
  /** The step of it that is under way: what is called inside is part of it, and not journaled. */
  readonly step?: StepContext
  /** The journal hands out again what a step handed out: functions that were entered then are entered by the journal. */
  readonly again?: boolean
  /** Numbers what the step starts. */
  count: number
  /** What the run has seen in the step. */
  readonly labels: Set<string>
}

const places = new AsyncLocalStorage<Place>()

/** The place of what runs here; none outside of durable runs. */
export function placeHere(): Place | undefined {
  return places.getStore()
}

/** Works at a place. Made where a call is made: what is known there is known at the work, whoever starts it. */
export function placing(): <T>(at: Pick<Place, 'context' | 'step' | 'again'>, fn: () => T) => T {
  const around = AsyncLocalStorage.snapshot()
  return (at, fn) => around(() => places.run({ ...at, count: 0, labels: new Set() }, fn))
}

const counts = new WeakMap<RunContext, number>()

/** A short name for the next thing that a scope makes: the same in every life of the run. */
export function nextId(context: RunContext): string {
  const count = (counts.get(context) ?? 0) + 1
  counts.set(context, count)
  return digest(`${context.path} ${count}`).slice(0, 12)
}

/** SHA-256 in hex. */
export function digest(text: string | Uint8Array): string {
  // A run without a journal asks for none, and what loads with it is a tenth of a start.
  return process.getBuiltinModule('node:crypto').hash('sha256', text)
}
