import { SpellError, bareStep } from '@llmspell/sdk'
import type {
  Actor,
  CallContext,
  GrantLayer,
  HandleRef,
  HookPoint,
  ModelChunk,
  ModelRequest,
  NestedCall,
  Progress,
  ToolDescription,
  ToolRegistry,
  ToolResult,
  Value,
  Verdict,
} from '@llmspell/sdk'
import { compile } from './schemas.ts'
import { agentHandlers } from '../handlers.ts'
import type { AgentResult } from '../result.ts'

/** One answer of the fake model: its chunks, or what makes them. */
export type Script =
  | readonly ModelChunk[]
  | ((request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelChunk>)

/** A tool of the fake registry. */
export interface FakeTool extends Partial<ToolDescription> {
  readonly run?: (input: Value, signal: AbortSignal) => Promise<Value> | Value
}

interface Passed {
  readonly call: string
  readonly args: readonly unknown[]
  readonly actors: readonly Actor[]
  readonly grants: readonly GrantLayer[]
}

export const usage = { inputTokens: 10, outputTokens: 5 }

/** An answer that is one text. */
export const says = (text: string, cost = 0): readonly ModelChunk[] => [
  { type: 'text', text },
  { type: 'finish', reason: 'stop', usage: { ...usage, cost } as typeof usage },
]

/** An answer that asks for tools. */
export const asksFor = (
  ...calls: readonly [name: string, input: Value][]
): readonly ModelChunk[] => [
  ...calls.map(
    ([name, input], i) => ({ type: 'tool_call', id: `call_${i + 1}`, name, input }) as const,
  ),
  { type: 'finish', reason: 'tool_calls', usage },
]

export const failing = (code: string, details: Value): Script =>
  // eslint-disable-next-line require-yield
  async function* () {
    throw new SpellError(code, `The model failed with ${code}.`, { details })
  }

const INTERCEPTS = ['create', 'input', 'output', 'error'] as const

/** A run with a door: scripted models, tools that are functions, and the real handlers of `Agent`. */
export class FakeRun {
  readonly requests: { readonly spec: unknown; readonly request: ModelRequest }[] = []
  readonly passed: Passed[] = []
  readonly progress: Progress[] = []
  readonly logs: string[] = []
  readonly events: { readonly point: string; readonly payload: unknown }[] = []
  /** What hooks answer, by the second word of their point; read at each call. */
  readonly taps: { [name in (typeof INTERCEPTS)[number]]?: (facts: never) => unknown } = {}
  readonly #answers: Script[]
  readonly #tools = new Map<string, FakeTool>()
  readonly #handles = new Map<string, object>()
  readonly #shared = new Map<string, unknown>()
  readonly #controller = new AbortController()
  readonly #handlers
  readonly registry = this.#registry()
  readonly context: CallContext

  constructor(
    answers: readonly Script[] = [],
    tools: Readonly<Record<string, FakeTool>> = {},
    listened = true,
  ) {
    this.#answers = [...answers]
    for (const [name, tool] of Object.entries(tools)) this.#tools.set(name, tool)
    const points = {
      start: this.#point('agent.start', listened),
      step: this.#point('agent.step', listened),
      done: this.#point('agent.done', listened),
      created: this.#point('agent.created', listened),
      close: this.#point('agent.close', listened),
      closed: this.#point('agent.closed', listened),
      ...Object.fromEntries(INTERCEPTS.map((name) => [name, this.#intercept(name)])),
    }
    const schemas = { compile: async (schema: object) => compile(schema) }
    this.#handlers = agentHandlers({ tools: this.registry, schemas, points } as never)
    this.context = this.#contextOf([], [], this.#controller.signal)
  }

  cancel(): void {
    this.#controller.abort(new SpellError('CANCELLED', 'The run was cancelled.'))
  }

  call<T = Value>(fn: string, args: readonly unknown[] = [], handle?: HandleRef): Promise<T> {
    return this.context.call('Agent', fn, args, handle ? { handle } : {}) as Promise<T>
  }

  create(config: object = {}): Promise<HandleRef> {
    return this.call<HandleRef>('create', [config])
  }

  execute(agent: HandleRef, input: unknown, options?: object): Promise<AgentResult> {
    return this.call<AgentResult>('Agent.execute', [input, options], agent)
  }

  async read(agent: HandleRef, input: unknown): Promise<Record<string, Value>[]> {
    const chunks: Record<string, Value>[] = []
    const stream = await this.call<AsyncIterable<Record<string, Value>>>(
      'Agent.stream',
      [input],
      agent,
    )
    for await (const chunk of stream) chunks.push(chunk)
    return chunks
  }

  /** As a script sends it: without fields. */
  toolHandle(name: string): HandleRef {
    this.#handles.set(`Tool-${name}`, { name })
    return { $llmspell: 'handle', type: 'Tool', id: `Tool-${name}`, fields: {} }
  }

  #point(name: string, used: boolean): HookPoint<'agent.start'> {
    return {
      name: name as 'agent.start',
      used,
      ready: async () => undefined,
      call: async (payload) => void this.events.push({ point: name, payload }),
    }
  }

  #intercept(name: (typeof INTERCEPTS)[number]) {
    const { taps } = this
    return {
      name: `agent.${name}`,
      get used() {
        return taps[name] !== undefined
      },
      call: async (data: unknown) => {
        const said = taps[name]?.(data as never) as Verdict | undefined
        if (said?.type === 'modify') return { data: said.data, changed: true }
        return { data, changed: false, ...(said ? { verdict: { ...said, by: 'tester' } } : {}) }
      },
    }
  }

  #describe(name: string): ToolDescription {
    const tool = this.#tools.get(name)
    if (!tool)
      throw new SpellError('TOOL_NOT_FOUND', `Tool '${name}' is not registered.`, {
        hint: "Did you mean 'add'?",
      })
    const { run: _run, ...item } = tool
    return {
      name,
      description: `Does ${name}.`,
      category: 'test',
      tags: [],
      version: '1.0.0',
      source: 'test',
      input: { type: 'object' },
      permissions: {},
      effect: 'pure',
      streams: false,
      ...item,
    }
  }

  #registry(): ToolRegistry {
    return {
      list: () => [...this.#tools.keys()].map((name) => this.#describe(name)),
      describe: (name) => this.#describe(name),
      register: (item, tool, context) => {
        const run = async (input: Value, signal: AbortSignal) =>
          (await tool.execute(input, { signal } as never)).result
        this.#tools.set(item.name, { ...(item as object), run, ...(context ? {} : {}) })
        return () => this.#tools.delete(item.name)
      },
    }
  }

  #contextOf(
    actors: readonly Actor[],
    grants: readonly GrantLayer[],
    signal: AbortSignal,
  ): CallContext {
    const context: CallContext = {
      runId: 'run-1',
      seq: 0,
      actors,
      grants,
      root: '/',
      signal,
      settings: {},
      call: (module, fn, args, options = {}) =>
        this.#pass(module, fn, args, options, actors, grants, signal),
      handle: (type, object, fields) => {
        const id = `${type}-${this.#handles.size + 1}`
        this.#handles.set(id, object)
        return { $llmspell: 'handle', type, id, fields }
      },
      resolve: (ref) => this.#handles.get(ref.id)!,
      stream: (source) =>
        Object.assign(source, { ref: { $llmspell: 'stream' as const, id: 's' } }) as never,
      share: (key, create) => {
        if (!this.#shared.has(key)) this.#shared.set(key, create().value)
        return this.#shared.get(key) as never
      },
      progress: (progress) => void this.progress.push(progress),
      log: ({ message }) => void this.logs.push(message),
      spend: () => undefined,
      conceal: () => undefined,
      cancel: () => undefined,
      onEnd: () => () => undefined,
      step: (name, fn, options) => bareStep(context, name, fn, options),
    }
    return context
  }

  async #pass(
    module: string,
    fn: string,
    args: readonly unknown[],
    options: NestedCall,
    actors: readonly Actor[],
    grants: readonly GrantLayer[],
    above: AbortSignal,
  ): Promise<unknown> {
    const chain = options.actor ? [...actors, options.actor] : actors
    const layers = [...grants, ...[options.grant ?? []].flat()]
    const signal = options.signal ? AbortSignal.any([above, options.signal]) : above
    this.passed.push({ call: `${module}.${fn}`, args, actors: chain, grants: layers })
    if (module === 'Provider')
      return fn === 'check' ? this.#resolveModel(args[0]) : this.#stream(args, signal)
    if (module === 'Tool')
      return fn === 'get' ? this.toolHandle(args[0] as string) : this.#runTool(args, signal)
    const self = options.handle && this.#handles.get(options.handle.id)
    return this.#handlers[fn]!({
      args,
      self,
      context: this.#contextOf(chain, layers, signal),
    } as never)
  }

  #resolveModel(spec: unknown): Value {
    const name =
      typeof spec === 'string' ? spec : ((spec as { model?: string } | null)?.model ?? 'demo')
    if (name.includes('unknown'))
      throw new SpellError('MODEL_UNKNOWN', `Model '${name}' is not known.`)
    if (name.includes('invalid'))
      throw new SpellError('MODEL_INVALID', `Model '${name}' is not valid.`)
    return { provider: 'fake', model: name.replace('fake/', ''), mock: !name.includes('real') }
  }

  #stream([spec, request]: readonly unknown[], signal: AbortSignal): AsyncIterable<ModelChunk> {
    this.requests.push({ spec, request: structuredClone(request) as ModelRequest })
    const script = this.#answers.shift()
    if (!script) throw new Error('The fake model was asked too often.')
    return typeof script === 'function' ? script(request as ModelRequest, signal) : play(script)
  }

  async #runTool(
    [name, input, options]: readonly unknown[],
    signal: AbortSignal,
  ): Promise<ToolResult> {
    const metadata = {
      tool: name as string,
      duration_ms: 1,
      execution_time_ms: 1,
      run_id: 'run-1',
      seq: 1,
      ...(this.#tools.get(name as string)!.untrusted ? { untrusted: true } : {}),
    }
    try {
      const result = (await this.#tools.get(name as string)!.run?.(input as Value, signal)) ?? null
      return {
        success: true,
        text: typeof result === 'string' ? result : JSON.stringify(result),
        result,
        metadata,
      }
    } catch (error) {
      if ((options as { on_error?: string } | undefined)?.on_error !== 'return') throw error
      const { code, message, details } = error as SpellError
      return {
        success: false,
        text: message,
        error: { code, message, ...(details === undefined ? {} : { details }) },
        metadata,
      }
    }
  }
}

async function* play(chunks: readonly ModelChunk[]): AsyncGenerator<ModelChunk> {
  yield* chunks
}
