import { cancel, deny, modify, violations, withChanges } from '@llmspell/sdk'
import type {
  HookRegistry,
  SchemaCompiler,
  ScriptRuntime,
  Validator,
  Value,
  Verdict,
} from '@llmspell/sdk'
import { answerOf, invalid } from './answers.ts'
import { asFailure, call, isOwnDoing, note, sameDepth } from './consult.ts'
import { Notices } from './notices.ts'
import { copyOf, correlationIn, restored, runIn, textAt } from './payload.ts'
import type { ScriptPoint } from './points.ts'
import type { Registration } from './registration.ts'
import { tellOf } from './tell.ts'
import { Turn } from './turn.ts'

/** What asking needs from the other parts. */
export interface AskingParts extends Pick<HookRegistry, 'tracer'> {
  readonly runtime: Pick<ScriptRuntime, 'about'>
  readonly schemas: SchemaCompiler
  /** The hooks of a point for what one run does, in the order of asking. */
  at(point: ScriptPoint, runId: string | undefined): readonly Registration[]
  /** Removes a hook; false where it was removed before. */
  drop(hook: Registration): boolean
}

/** Asks the hooks of one point, as its kind says. */
export class Asking {
  readonly #parts: AskingParts
  readonly #validators = new Map<string, Promise<Validator>>()
  readonly notices = new Notices()

  constructor(parts: AskingParts) {
    this.#parts = parts
  }

  /** The one tap of a point. */
  tapOf(point: ScriptPoint): (payload: unknown) => unknown {
    switch (point.kind) {
      case 'guard':
        return (payload) => this.#guard(point, payload)
      case 'transform':
        return async (payload) => dataOf(await this.verdict(point, payload))
      case 'choose':
        return async (payload) => resultOf(await this.verdict(point, payload))
      case 'intercept':
        return (payload) => this.verdict(point, payload)
      case 'notify':
        return (payload) => this.#notify(point, payload)
      case 'series':
        return async (payload) => void (await this.verdict(point, payload))
      case 'observe':
        return (payload) => this.#tellAll(point, payload)
    }
  }

  /**
   * What the hooks make of it: nothing, changed data, or what one of them decided on these data.
   * @throws HOOK_FAILED, HOOK_RESULT_INVALID of a hook, where the point fails closed
   */
  verdict(point: ScriptPoint, payload: unknown): Promise<Verdict | undefined> {
    return this.custom(point, payload, runIn(payload))
  }

  /** The same for data that do not say whose they are. */
  async custom(
    point: ScriptPoint,
    payload: unknown,
    runId: string | undefined,
  ): Promise<Verdict | undefined> {
    const turn = new Turn(point.name, payload)
    for (const hook of this.#parts.at(point, runId)) {
      if (!turn.asks(hook) || !this.#isAsked(hook, turn.data)) continue
      if (turn.take(hook, await this.#ask(hook, turn.data, runId))) break
    }
    return turn.verdict()
  }

  async #guard(point: ScriptPoint, payload: unknown): Promise<unknown> {
    const said = await this.verdict(point, payload).catch((error: Error) => cancel(error.message))
    return said?.type === 'cancel' ? deny(said.reason, said.hint) : undefined
  }

  async #tellAll(point: ScriptPoint, payload: unknown): Promise<void> {
    const runId = runIn(payload)
    const asked = this.#parts.at(point, runId).filter((hook) => this.#isAsked(hook, payload))
    await Promise.all(asked.map((hook) => this.#ask(hook, payload, runId)))
  }

  /** Each hook gets a copy when it is free: nobody waits for it. */
  #notify(point: ScriptPoint, payload: unknown): void {
    const runId = runIn(payload)
    for (const hook of this.#parts.at(point, runId)) {
      if (!this.#isAsked(hook, payload)) continue
      const copy = copyOf(payload)
      const deep = sameDepth<Promise<unknown>>()
      this.notices.add(hook, () => deep(() => this.#ask(hook, copy, runId)))
    }
  }

  #isAsked(hook: Registration, data: unknown): boolean {
    if (isOwnDoing(hook) || !hook.wants(data)) return false
    return !hook.once || this.#parts.drop(hook)
  }

  /** @throws the failure, where the point fails closed */
  async #ask(
    hook: Registration,
    data: unknown,
    runId: string | undefined,
  ): Promise<Verdict | undefined> {
    const tell = tellOf(this.#parts.tracer(), hook, data, runId)
    try {
      const copy = copyOf(data)
      const shown = this.#redacted(copy, runId)
      const context = contextOf(hook, shown, data, runId)
      const answer = answerOf(await call(hook, context), hook.point)
      const checked =
        answer?.type === 'modify' ? await this.#made(hook, answer.data, shown, data) : answer
      note(hook)
      tell?.(checked)
      return checked
    } catch (error) {
      const failure = asFailure(hook, error)
      tell?.(undefined, failure)
      if (note(hook, failure)) this.#parts.drop(hook)
      if (!hook.point.open) throw failure
      return undefined
    }
  }

  #redacted(copy: Value, runId: string | undefined): Value {
    return (
      (runId === undefined ? undefined : this.#parts.runtime.about(runId))?.redact(copy) ?? copy
    )
  }

  /** @throws HOOK_RESULT_INVALID where the data are not what the point hands out */
  async #made(
    hook: Registration,
    given: unknown,
    shown: Value,
    original: unknown,
  ): Promise<Verdict> {
    const data = allowed(restored(given, shown, original), original, hook.point)
    const validate = await this.#validator(hook.point)
    if (!validate || validate(data)) return modify(data)
    const faults = violations(validate.errors ?? [], 'data')
    const first = faults[0]
    const place = first ? `: '${first.path}': expected ${first.expected}, found ${first.found}` : ''
    throw invalid(`data that do not fit${place}`, hook.point)
  }

  #validator({ name, payload }: ScriptPoint): Promise<Validator> | undefined {
    if (!payload) return undefined
    const known = this.#validators.get(name) ?? this.#parts.schemas.compile(payload)
    this.#validators.set(name, known)
    return known
  }
}

/** What says whom and what it is about stays as it was, for the hooks behind this one too. */
function allowed(given: unknown, original: unknown, { changes }: ScriptPoint): unknown {
  if (!changes || typeof given !== 'object' || given === null) return given
  return withChanges(original as object, given, new Set(changes))
}

function dataOf(verdict: Verdict | undefined): unknown {
  return verdict && 'data' in verdict ? verdict.data : undefined
}

function resultOf(verdict: Verdict | undefined): unknown {
  return verdict?.type === 'replace' ? verdict.result : undefined
}

function contextOf(
  hook: Registration,
  shown: Value,
  data: unknown,
  runId: string | undefined,
): Value {
  const { point, named, owner, id, priority } = hook
  const name = point.subject === undefined ? undefined : textAt(shown, point.subject)
  return {
    point: named,
    correlation_id: correlationIn(data),
    component: { type: point.name.split(/[.:]/)[0]!, ...(name === undefined ? {} : { name }) },
    ...(runId === undefined ? {} : { run_id: runId }),
    language: owner.language,
    metadata: { hook: id, priority, kind: point.kind, results: ['continue', ...point.results] },
    data: shown,
  }
}
