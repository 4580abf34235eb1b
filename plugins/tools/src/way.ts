import {
  cancelledBy,
  HookRounds,
  isReportedFailure,
  misfit,
  ReportedFailure,
  SpellError,
  toErrorRecord,
} from '@llmspell/sdk'
import type { Effect, FinalVerdict, ToolFacts, ToolOutput, Value } from '@llmspell/sdk'
import type { Course } from './attempts.ts'
import type { Request } from './executor.ts'
import type { ToolHooks } from './hooks.ts'

/** Another tool is to do it. */
export interface Redirect {
  readonly to: string
  readonly by: string
  readonly params: Value
}

/** What hooks made of a call before it runs. */
export type Entered =
  | { readonly redirect: Redirect }
  | { readonly params?: Value; readonly instead?: ToolOutput }

/** What is done with an output: handed on, or got again. */
export type Left = { readonly output: ToolOutput; readonly changed: boolean } | 'again'

type Said<T extends FinalVerdict['type']> = Extract<FinalVerdict, { readonly type: T }>

interface Parts {
  readonly hooks: ToolHooks
  readonly request: Request
  readonly course: Course
  effectOf(params: Value): Promise<Effect>
}

/** One call on its way through the hooks that may change, replace or repeat it. */
export class Way {
  readonly #parts: Parts
  readonly #rounds = new HookRounds()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
  async enter(facts: ToolFacts): Promise<Entered> {
    const said = await this.#parts.hooks.input(facts)
    if (!said) return {}
    const { verdict, changed } = said
    const params = changed ? { params: said.data.params } : {}
    if (verdict?.type === 'cancel') throw cancelledBy(`Tool '${facts.tool}'`, 'tool.input', verdict)
    if (verdict?.type === 'replace') return { ...params, instead: this.#replaced(verdict) }
    if (verdict?.type !== 'redirect') return params
    const { to, by } = verdict
    return { redirect: { to, by, params: params.params ?? this.#parts.request.params } }
  }

  /** @throws HOOK_CANCELLED, HOOK_RESULT_INVALID */
  async leave(facts: ToolFacts, output: ToolOutput): Promise<Left> {
    const { hooks, course } = this.#parts
    const { replacedBy } = course
    const more = {
      attempt: this.#rounds.attempts,
      ...(replacedBy === undefined ? {} : { replaced_by: replacedBy }),
    }
    const said = await hooks.output(facts, output, more)
    const { verdict, changed = false } = said ?? {}
    if (verdict?.type === 'cancel')
      throw cancelledBy(`Tool '${facts.tool}'`, 'tool.output', verdict)
    if (verdict?.type === 'replace') return { output: this.#replaced(verdict), changed: true }
    if (verdict?.type === 'retry' && (await this.#again('tool.output', verdict, facts)))
      return 'again'
    if (!changed) return { output, changed }
    const made = said!.data.output
    if (typeof made === 'object' && made !== null && 'result' in made)
      return { output: made, changed }
    throw misfit('tool.output', "an output with 'result'", 'none')
  }

  /** What stands in the place of a failure. @throws the failure, or what hooks made of it */
  async fail(facts: ToolFacts, error: SpellError): Promise<ToolOutput | 'again'> {
    const { hooks, request } = this.#parts
    if (request.signal.aborted || isDecided(error)) throw error
    const { attempts } = this.#rounds
    const said = await hooks.error(facts, attempts, () => toErrorRecord(error))
    const { verdict } = said ?? {}
    if (verdict?.type === 'replace') return this.#replaced(verdict)
    if (verdict?.type === 'retry' && (await this.#again('tool.error', verdict, facts)))
      return 'again'
    throw said?.changed ? reworded(error, said.data.error) : error
  }

  #replaced({ result, by }: Said<'replace'>): ToolOutput {
    this.#parts.course.replacedBy = by
    return outputOf(result as Value)
  }

  async #again(point: string, said: Said<'retry'>, { tool, params }: ToolFacts): Promise<boolean> {
    const { course, request } = this.#parts
    const why = await this.#final(params, said)
    if (why !== undefined) {
      const text = `Tool '${tool}' does not run again, as a hook of '${said.by}' at '${point}' asks: ${why}.`
      request.context.log({ level: 'warn', message: text })
      return false
    }
    if (!(await this.#rounds.again(said, request.signal))) return false
    course.attempts++
    return true
  }

  /** Why there is no other try, if so. */
  async #final(params: Value, { unsafe }: Said<'retry'>): Promise<string | undefined> {
    const { course } = this.#parts
    if (course.replacedBy !== undefined) return 'a hook has answered in its place'
    if (course.emitted) return 'chunks of it were handed out'
    return unsafe !== true && (await this.#parts.effectOf(params)) === 'unsafe'
      ? 'that could do a thing twice'
      : undefined
  }
}

/** Limits and what hooks decided themselves are no failures of a tool. */
function isDecided({ code }: SpellError): boolean {
  return code === 'BUDGET_EXCEEDED' || code === 'CANCELLED' || code.startsWith('HOOK_')
}

const OUTPUT: ReadonlySet<string> = new Set(['result', 'text', 'operation', 'message', 'untrusted'])

/** A whole output, or its plain result. */
function outputOf(given: Value): ToolOutput {
  const isWhole =
    typeof given === 'object' &&
    given !== null &&
    'result' in given &&
    Object.keys(given).every((key) => OUTPUT.has(key))
  return isWhole ? (given as unknown as ToolOutput) : { result: given }
}

function reworded(error: SpellError, { message, hint }: { message: unknown; hint?: unknown }) {
  if (typeof message !== 'string') return error
  const words = { message, ...(typeof hint === 'string' ? { hint } : {}) }
  if (isReportedFailure(error)) return new ReportedFailure({ ...toErrorRecord(error), ...words })
  const { code, details } = error
  return new SpellError(code, message, { details, cause: error, hint: words.hint ?? error.hint })
}
