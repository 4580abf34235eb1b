import { SpellError, checkValue, isDenial, isSpellError, toErrorRecord } from '@llmspell/sdk'
import type {
  Awaitable,
  CallContext,
  Permissions,
  ToolChunk,
  ToolFacts,
  ToolOutput,
  ToolResult,
  Value,
} from '@llmspell/sdk'
import { prepareCall } from './call.ts'
import { callerOf } from './caller.ts'
import type { Catalog } from './catalog.ts'
import { isSame } from './copy.ts'
import { cancelled, isSameOutput } from './hooks.ts'
import type { Outcome, ToolHooks } from './hooks.ts'
import type { KnownTool } from './known-tool.ts'
import { limited } from './limit.ts'
import { Reported } from './reported.ts'
import { failed, succeeded } from './result.ts'

const DEFAULT_TIMEOUT = 30_000

/** One call of one tool. */
export interface Request {
  readonly name: string
  readonly params: Value
  readonly context: CallContext
  /** Ends the call; the context's own signal where nobody else can. */
  readonly signal: AbortSignal
  readonly timeoutMs?: number | undefined
  readonly onError?: 'raise' | 'return' | undefined
  /** Takes the chunks; without it they are dropped. */
  readonly emit?: ((chunk: ToolChunk) => Awaitable<void>) | undefined
}

/** The one way in which every tool is checked, limited and run, whoever calls it. */
export class Executor {
  readonly #catalog: Catalog
  readonly #hooks: ToolHooks
  readonly #permissions: Permissions

  constructor(catalog: Catalog, hooks: ToolHooks, permissions: Permissions) {
    this.#catalog = catalog
    this.#hooks = hooks
    this.#permissions = permissions
  }

  /** @throws TOOL_NOT_FOUND, TOOL_FAILED and what the tool raises, unless it is to be returned */
  async execute(request: Request): Promise<ToolResult> {
    const started = performance.now()
    const { context } = request
    const measured = (tool: string) => ({
      tool,
      durationMs: performance.now() - started,
      runId: context.runId,
      seq: context.seq,
    })
    let tool: KnownTool | undefined
    try {
      tool = this.#catalog.get(request.name, context)
      return succeeded(measured(tool.name), await this.#observed(tool, request, started))
    } catch (thrown) {
      const error = asSpellError(thrown, request.name)
      if (!isReturned(error, tool, request)) throw error
      return failed(measured(tool?.name ?? request.name), error)
    }
  }

  async #observed(tool: KnownTool, request: Request, started: number): Promise<ToolOutput> {
    const facts = factsOf(tool, request)
    const who = `tool '${tool.name}'`
    const done = (outcome: Omit<Outcome, 'duration_ms'>): Awaitable<void> =>
      this.#hooks.done(facts, { ...outcome, duration_ms: performance.now() - started })
    request.context.progress({ who, state: 'started' })
    try {
      const output = await this.#run(tool, request, facts)
      request.context.progress({ who, state: 'done' })
      await done({ success: true, result: output.result })
      return output
    } catch (thrown) {
      const error = asSpellError(thrown, tool.name)
      request.context.progress({ who, state: 'failed', text: error.message })
      await done({ success: false, error: toErrorRecord(error) as unknown as Value })
      throw error
    }
  }

  async #run(tool: KnownTool, request: Request, asked: ToolFacts): Promise<ToolOutput> {
    const params = await tool.check(asked.params)
    const facts = { ...asked, params }
    const denial = await this.#hooks.guard(facts)
    if (isDenial(denial)) throw cancelled(tool.name, denial)
    const changed = (await this.#hooks.input(facts))?.params
    const same = changed === undefined || isSame(changed, params)
    const input = same ? params : await tool.check(changed)
    const output = await this.#limited(tool, request, input)
    return this.#transformed({ ...facts, params: input }, output)
  }

  async #limited(tool: KnownTool, request: Request, input: Value): Promise<ToolOutput> {
    const code = await tool.load()
    const timeoutMs = request.timeoutMs ?? tool.parts.item.timeoutMs ?? DEFAULT_TIMEOUT
    const limit = { subject: `Tool '${tool.name}'`, timeoutMs, signal: request.signal }
    const output = await limited(limit, (signal) => {
      const call = prepareCall(tool, request, signal, this.#permissions)
      return code.execute(input, call)
    })
    const checked = checkOutput(output, tool.name)
    await tool.checkOutput(checked.result)
    return checked
  }

  async #transformed(facts: ToolFacts, output: ToolOutput): Promise<ToolOutput> {
    const changed = (await this.#hooks.output(facts, output))?.output
    const same = !changed || isSameOutput(changed, output)
    return same ? output : checkOutput(changed, facts.tool)
  }
}

function factsOf(tool: KnownTool, { params, context }: Request): ToolFacts {
  return {
    tool: tool.name,
    source: tool.parts.source,
    effect: tool.parts.item.effect,
    caller: callerOf(context),
    run_id: context.runId,
    seq: context.seq,
    params,
  }
}

function checkOutput(output: ToolOutput, name: string): ToolOutput {
  if (typeof output !== 'object' || output === null || !('result' in output)) {
    const message = `Tool '${name}' gave no output: expected an object with 'result'.`
    throw new SpellError('TOOL_FAILED', message, { hint: 'Report it to the author of the tool.' })
  }
  checkValue(output.result, { path: `result of tool '${name}'` })
  return output
}

function asSpellError(error: unknown, name: string): SpellError {
  if (isSpellError(error)) return error
  const found = error instanceof Error ? error.message : String(error)
  return new SpellError('TOOL_FAILED', `Tool '${name}' failed: ${found}`, {
    hint: 'Check its input; if that is right, report it to the author of the tool.',
    cause: error,
  })
}

/** The end of the run is never a result. */
function isReturned(error: SpellError, tool: KnownTool | undefined, request: Request): boolean {
  if (request.context.signal.aborted || request.onError === 'raise') return false
  if (request.onError === 'return') return true
  return error instanceof Reported || (tool?.parts.item.reports?.includes(error.code) ?? false)
}
