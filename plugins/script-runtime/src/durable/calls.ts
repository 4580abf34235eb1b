import { fromErrorRecord } from '@llmspell/sdk'
import type { Json, Recorded, RunContext, ScriptFunction, StepEffect, Value } from '@llmspell/sdk'
import type { Knowledge } from '../modules.ts'
import { subject } from '../passage.ts'
import type { Passage } from '../passage.ts'
import { masked } from '../record.ts'
import { isStream } from '../references.ts'
import { inLeaf, recordable } from './asked.ts'
import type { Asked } from './asked.ts'
import { argsJson, fromJson, toJson } from './json.ts'
import { digest, placing } from './place.ts'
import { sealed, unsealed } from './labels.ts'
import type { Serving } from './serving.ts'
import { streamStep } from './stream-step.ts'

/**
 * A call of a durable run. Its place in the journal is asked for before anything is loaded: the order of asking must not
 * depend on what is in memory.
 */
export function passDurably(serving: Serving, passage: Passage, scope: RunContext): unknown {
  const { call } = passage
  const known = serving.know(call.module, call.function)
  const asked: Asked = {
    passage,
    known,
    name: subject(call),
    args: argsOf(passage, known),
    // An unknown function fails in the same way in every life.
    effect: known ? (known.description.effect ?? 'unsafe') : 'pure',
  }
  if (asked.effect === 'composed') return composed(serving, asked, scope)
  if (!known || !givesStream(known.description)) return leaf(serving, asked, scope)
  return passage.origin.raw ? opened(serving, asked, scope) : shown(serving, asked, scope)
}

const givesStream = ({ result }: ScriptFunction): boolean =>
  typeof result === 'object' && result !== null && 'x-stream' in result

function argsOf({ call, scope }: Passage, known: Knowledge | undefined): Json {
  const bare = known ? masked(call.args as Value, known.secrets) : (call.args as Value)
  return argsJson(scope.redactor.record(bare) as readonly Value[], call.handle, digest)
}

/** Answered once; what it calls is part of it. */
async function leaf(serving: Serving, asked: Asked, scope: RunContext): Promise<unknown> {
  const { passage, name, args } = asked
  const at = placing()
  let ran = false
  const serve = async (): Promise<Json> => {
    ran = true
    return sealed(toJson(await recordable(passage, () => serving.serve(inLeaf(passage)))))
  }
  const settled = scope.step(name, (step) => at({ context: scope, step }, serve), {
    effect: asked.effect as Exclude<StepEffect, 'composed'>,
    args,
    onReplayed: (usage) => serving.charge(passage, usage),
  })
  const open = (json: Json) => fromJson(unsealed(json, passage.scope.labels))
  return noted(serving, asked, settled.then(open), () => ran)
}

/** Runs in every life; what it gave first is what it gives. */
async function composed(serving: Serving, asked: Asked, scope: RunContext): Promise<unknown> {
  const { passage, name, args } = asked
  const { origin } = passage
  const at = placing()
  let first = true
  let live: unknown
  const settled = scope.compose(
    name,
    async (inner, recorded) => {
      first = recorded === undefined
      const life = { inner, ...(recorded ? { recorded } : {}) }
      const within = { ...passage, life, origin: { ...origin, durable: inner, branch: undefined } }
      const work = at({ context: inner }, () =>
        recordable(passage, () => serving.serve(within)),
      ).then((value) => (live = value))
      if (!recorded)
        return toJson(await work.then((value) => (isStream(value) ? value.ref : value)))
      await work.catch(() => {})
      return again(recorded)
    },
    { args, ...(origin.branch === undefined ? {} : { branch: origin.branch }) },
  )
  const value = await noted(serving, asked, settled.then(fromJson), () => first)
  return isStream(live) ? live : value
}

function again(recorded: Recorded): Json {
  if (recorded.ok) return recorded.value
  throw fromErrorRecord(recorded.error)
}

/** A stream of a leaf for a caller of the host. */
async function opened(serving: Serving, asked: Asked, scope: RunContext): Promise<unknown> {
  const { stream, opened: open } = streamStep(serving, asked, scope)
  await open
  return stream
}

/** The same for the script: that it is open is a record of its own, before those of its chunks. */
async function shown(serving: Serving, asked: Asked, scope: RunContext): Promise<unknown> {
  const given = await scope.compose(
    asked.name,
    async (inner, recorded) => {
      const { stream, opened: open } = streamStep(serving, { ...asked, name: 'stream' }, inner)
      if (recorded) open.catch(() => {})
      else await open
      return toJson(stream.ref)
    },
    { args: asked.args },
  )
  return fromJson(given)
}

async function noted(
  serving: Serving,
  { passage, known }: Asked,
  settled: Promise<Value | undefined>,
  ran: () => boolean,
): Promise<Value | undefined> {
  try {
    const value = await settled
    if (!ran()) serving.note(passage, known, { ok: true, value: value ?? null })
    return value
  } catch (error) {
    if (!ran()) serving.note(passage, known, { ok: false, error })
    throw error
  }
}
