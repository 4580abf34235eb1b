import { HookRounds, isDenial, toErrorRecord } from '@llmspell/sdk'
import type {
  Artifacts,
  Awaitable,
  CallContext,
  Effect,
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
import { asSpellError, factsOf, isDenied, isReturned, isUntrusted, measured } from './facts.ts'
import { fitted, isPlainAndSmall } from './fit.ts'
import type { Fitted } from './fit.ts'
import { cancelled } from './hooks.ts'
import type { Outcome, ToolHooks } from './hooks.ts'
import type { KnownTool } from './known-tool.ts'
import { withLabels } from './labels.ts'
import { limited } from './limit.ts'
import { failed, resultOf, succeeded } from './result.ts'
import { inStep } from './step.ts'
import type { Ended } from './step.ts'
import { Way } from './way.ts'
import type { Redirect } from './way.ts'

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

/** An output that the tool may give, and whether it is small. */
interface Judged {
  readonly output: ToolOutput
  readonly small: boolean
}

/** The one way in which every tool is checked, limited and run, whoever calls it. */
export class Executor {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** @throws TOOL_NOT_FOUND, TOOL_FAILED and what the tool raises, unless it is to be returned */
  async execute(request: Request, hops = new HookRounds()): Promise<ToolResult> {
    const started = performance.now()
    const course = { attempts: 1, emitted: false }
    let tool: KnownTool | undefined
    let ended: Ended
    try {
      tool = this.#services.catalog.get(request.name, request.context)
      ended = await this.#observed({ tool, request, course, started })
      if ('redirect' in ended) hops.redirected('tool.input', ended.redirect)
    } catch (thrown) {
      const error = asSpellError(thrown, request.name)
      if (!isReturned(error, tool, request)) throw error
      return failed(measured(request, tool, course, started), error)
    }
    if ('redirect' in ended) return this.#elsewhere(request, ended.redirect, hops)
    const { output, artifact } = ended
    return succeeded({ ...measured(request, tool, course, started), artifact }, output)
  }

  #elsewhere(request: Request, { to, params }: Redirect, hops: HookRounds): Promise<ToolResult> {
    return this.execute({ ...request, name: to, params }, hops)
  }

  async #observed(passage: Passage): Promise<Ended> {
    const { tool, request, course, started } = passage
    const facts = factsOf(tool, request)
    const who = `tool '${tool.name}'`
    const done = (outcome: Omit<Outcome, 'duration_ms'>): Awaitable<void> => {
      // Told once in the life of a durable run.
      if (request.context.recorded) return
      const { replacedBy: by } = course
      const mark = by === undefined ? {} : { replaced_by: by }
      const duration_ms = performance.now() - started
      return this.#services.hooks.done(facts, { ...outcome, ...mark, duration_ms })
    }
    request.context.progress({ who, state: 'started' })
    try {
      const ended = await this.#run(passage, facts)
      request.context.progress({ who, state: 'done' })
      if (!('redirect' in ended)) await done({ success: true, result: ended.output.result })
      return ended
    } catch (thrown) {
      const error = asSpellError(thrown, tool.name)
      request.context.progress({ who, state: 'failed', text: error.message })
      await done({ success: false, error: toErrorRecord(error) as unknown as Value })
      throw error
    }
  }

  async #run(passage: Passage, asked: ToolFacts): Promise<Ended> {
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

  async #through(passage: Passage, facts: ToolFacts): Promise<Ended> {
    const { tool, request, course } = passage
    const { hooks } = this.#services
    const denial = await hooks.guard(facts)
    if (isDenial(denial)) throw cancelled(tool.name, denial)
    const way = new Way({ hooks, request, course, effectOf: (params) => effectOf(tool, params) })
    const entered = hooks.changes ? await way.enter(facts) : {}
    if ('redirect' in entered) return entered
    const { params: changed, instead } = entered
    const same = changed === undefined || isSame(changed, facts.params)
    const params = same ? facts.params : await tool.check(changed)
    return this.#ended(passage, { ...facts, params }, way, instead)
  }

  /** Asks the hooks what becomes of the output, until they let it go. */
  async #ended(
    passage: Passage,
    facts: ToolFacts,
    way: Way,
    instead: ToolOutput | undefined,
  ): Promise<Fitted> {
    let given = instead && (await this.#judged(passage, instead))
    for (; ; given = undefined) {
      const judged = given ?? (await this.#given(passage, facts, way))
      if (!this.#services.hooks.changesOutput) return this.#fitted(passage, judged)
      const left = await way.leave(facts, judged.output)
      if (left === 'again') continue
      return this.#fitted(passage, left.changed ? await this.#judged(passage, left.output) : judged)
    }
  }

  /** What the tool gives, or hooks where it fails. */
  async #given(passage: Passage, facts: ToolFacts, way: Way): Promise<Judged> {
    for (;;) {
      try {
        return await this.#judged(passage, await this.#tried(passage, facts.params))
      } catch (thrown) {
        const instead = await way.fail(facts, asSpellError(thrown, passage.tool.name))
        if (instead !== 'again') return this.#judged(passage, instead)
      }
    }
  }

  async #tried(passage: Passage, input: Value): Promise<ToolOutput> {
    const { tool, request, course } = passage
    const code = await tool.load()
    if (request.retry) checkRetry(tool.name, await effectOf(tool, input), request.retry)
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

  /** @throws where it is no result of this tool */
  async #judged({ tool }: Passage, output: ToolOutput): Promise<Judged> {
    const small = isPlainAndSmall(resultOf(output, tool.name), tool.name)
    await tool.checkOutput(output.result)
    return { output, small }
  }

  async #fitted({ tool, request, course }: Passage, { output, small }: Judged): Promise<Fitted> {
    const { context } = request
    const { runId, seq } = context
    // Hooks may find it so.
    if (output.untrusted === true) course.untrusted = true
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

/** What this very input may change. */
async function effectOf(tool: KnownTool, input: Value): Promise<Effect> {
  return (await tool.load()).effectOf?.(input) ?? tool.parts.item.effect
}
