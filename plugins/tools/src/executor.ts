import { SpellError, isDenial, toErrorRecord } from '@llmspell/sdk'
import type {
  Artifacts,
  Awaitable,
  CallContext,
  Permissions,
  Tool,
  ToolChunk,
  ToolFacts,
  ToolOutput,
  ToolResult,
  Value,
} from '@llmspell/sdk'
import { attempted, checkRetry } from './attempts.ts'
import type { Course, Retry } from './attempts.ts'
import { accessOf, prepareCall } from './call.ts'
import type { Catalog } from './catalog.ts'
import { isSame } from './copy.ts'
import { asSpellError, factsOf, isDenied, isUntrusted, measured } from './facts.ts'
import { fitted, isPlainAndSmall } from './fit.ts'
import type { Fitted } from './fit.ts'
import { cancelled, isSameOutput } from './hooks.ts'
import type { Outcome, ToolHooks } from './hooks.ts'
import type { KnownTool } from './known-tool.ts'
import { withLabels } from './labels.ts'
import { limited } from './limit.ts'
import { Reported } from './reported.ts'
import { failed, succeeded } from './result.ts'
import { inStep } from './step.ts'

const DEFAULT_TIMEOUT = 30_000

/** One call of one tool. */
export interface Request {
  readonly name: string
  readonly params: Value
  readonly context: CallContext
  /** Ends the call; the context's own signal where nobody else can. */
  readonly signal: AbortSignal
  /** Of one try. */
  readonly timeoutMs?: number | undefined
  readonly onError?: 'raise' | 'return' | undefined
  readonly retry?: Retry | undefined
  /** See ToolCall. */
  readonly idempotencyKey?: string
  readonly durable?: boolean
  /** Takes the chunks; without it they are dropped. */
  readonly emit?: ((chunk: ToolChunk) => Awaitable<void>) | undefined
}

/** What every call of a tool needs. */
export interface Services {
  readonly catalog: Catalog
  readonly hooks: ToolHooks
  readonly permissions: Permissions
  readonly artifacts: Artifacts | undefined
}

/** One call under way. */
interface Passage {
  readonly tool: KnownTool
  readonly request: Request
  readonly course: Course
  readonly started: number
}

/** The one way in which every tool is checked, limited and run, whoever calls it. */
export class Executor {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** @throws TOOL_NOT_FOUND, TOOL_FAILED and what the tool raises, unless it is to be returned */
  async execute(request: Request): Promise<ToolResult> {
    const started = performance.now()
    const course = { attempts: 1, emitted: false }
    let tool: KnownTool | undefined
    try {
      tool = this.#services.catalog.get(request.name, request.context)
      const passage = { tool, request, course, started }
      const { output, artifact } = await this.#observed(passage)
      return succeeded({ ...measured(request, tool, course, started), artifact }, output)
    } catch (thrown) {
      const error = asSpellError(thrown, request.name)
      if (!isReturned(error, tool, request)) throw error
      return failed(measured(request, tool, course, started), error)
    }
  }

  async #observed(passage: Passage): Promise<Fitted> {
    const { tool, request, started } = passage
    const facts = factsOf(tool, request)
    const who = `tool '${tool.name}'`
    const done = (outcome: Omit<Outcome, 'duration_ms'>): Awaitable<void> => {
      // Told once in the life of a durable run.
      if (request.context.recorded) return
      return this.#services.hooks.done(facts, {
        ...outcome,
        duration_ms: performance.now() - started,
      })
    }
    request.context.progress({ who, state: 'started' })
    try {
      const fit = await this.#run(passage, facts)
      request.context.progress({ who, state: 'done' })
      await done({ success: true, result: fit.output.result })
      return fit
    } catch (thrown) {
      const error = asSpellError(thrown, tool.name)
      request.context.progress({ who, state: 'failed', text: error.message })
      await done({ success: false, error: toErrorRecord(error) as unknown as Value })
      throw error
    }
  }

  async #run(passage: Passage, asked: ToolFacts): Promise<Fitted> {
    const { tool } = passage
    const params = await tool.check(withLabels(asked.params, passage.request.context))
    const facts = { ...asked, params }
    // The function of a script, or an agent, is made of further calls of its run: each is a step of its own.
    if (tool.parts.source === 'script') return this.#through(passage, facts)
    const { request, course } = passage
    const code = await tool.load()
    // What a hook makes of the input may have another effect.
    const effect = this.#services.hooks.changes ? undefined : code.effectOf?.(params)
    const step = { name: tool.name, effect: effect ?? tool.parts.item.effect, args: params }
    return inStep({ ...step, request, course }, (inner) =>
      this.#through({ ...passage, request: inner }, facts),
    )
  }

  async #through(passage: Passage, facts: ToolFacts): Promise<Fitted> {
    const { tool } = passage
    const { params } = facts
    const denial = await this.#services.hooks.guard(facts)
    if (isDenial(denial)) throw cancelled(tool.name, denial)
    const changed = (await this.#services.hooks.input(facts))?.params
    const same = changed === undefined || isSame(changed, params)
    const input = same ? params : await tool.check(changed)
    const output = await this.#tried(passage, input)
    return this.#transformed(passage, { ...facts, params: input }, output)
  }

  async #tried(passage: Passage, input: Value): Promise<ToolOutput> {
    const { tool, request, course } = passage
    const code = await tool.load()
    if (request.retry) {
      checkRetry(tool.name, code.effectOf?.(input) ?? tool.parts.item.effect, request.retry)
    }
    const once = (): Promise<ToolOutput> => this.#once(passage, code, input)
    return attempted(request.retry, course, request.signal, once)
  }

  async #once({ tool, request, course }: Passage, code: Tool<Value>, input: Value) {
    const timeoutMs = request.timeoutMs ?? tool.parts.item.timeoutMs ?? DEFAULT_TIMEOUT
    const limit = { subject: `Tool '${tool.name}'`, timeoutMs, signal: request.signal }
    const { permissions } = this.#services
    const mark = (): void => permissions.mark('untrusted', accessOf(tool, request, request.signal))
    try {
      const output = await limited(limit, (signal) =>
        code.execute(input, prepareCall({ tool, request, course, signal, permissions, mark })),
      )
      if (output?.untrusted === true) course.untrusted = true
      if (isUntrusted(tool, request, course)) mark()
      return output
    } catch (error) {
      // What a tool says of a page that it has read may be the words of that page.
      if (isUntrusted(tool, request, course) && !isDenied(error)) mark()
      throw error
    }
  }

  async #transformed(passage: Passage, facts: ToolFacts, given: ToolOutput): Promise<Fitted> {
    const { tool } = passage
    const small = isPlainAndSmall(resultOf(given, tool.name), tool.name)
    await tool.checkOutput(given.result)
    const changed = (await this.#services.hooks.output(facts, given))?.output
    if (!changed || isSameOutput(changed, given)) return this.#fitted(passage, given, small)
    const smallNow = isPlainAndSmall(resultOf(changed, tool.name), tool.name)
    await tool.checkOutput(changed.result)
    return this.#fitted(passage, changed, smallNow)
  }

  async #fitted(
    { tool, request, course }: Passage,
    output: ToolOutput,
    small: boolean,
  ): Promise<Fitted> {
    const { context } = request
    const { runId, seq } = context
    const untrusted = isUntrusted(tool, request, course)
    const check = await tool.outputCheck()
    // Before it is cut or stored: half a secret is not found any more, and an artifact outlives the run.
    const shown = context.redact?.(output as unknown as Value) ?? output
    return fitted(shown as unknown as ToolOutput, small, {
      origin: { tool: tool.name, runId, seq, untrusted },
      artifacts: this.#services.artifacts,
      keepsSchema: (part) => check?.(part) ?? true,
    })
  }
}

function resultOf(output: ToolOutput, name: string): Value {
  if (typeof output === 'object' && output !== null && 'result' in output) return output.result
  const message = `Tool '${name}' gave no output: expected an object with 'result'.`
  throw new SpellError('TOOL_FAILED', message, { hint: 'Report it to the author of the tool.' })
}

/** The end of the run is never a result. */
function isReturned(error: SpellError, tool: KnownTool | undefined, request: Request): boolean {
  if (request.context.signal.aborted || request.onError === 'raise') return false
  if (request.onError === 'return') return true
  return error instanceof Reported || (tool?.parts.item.reports?.includes(error.code) ?? false)
}
