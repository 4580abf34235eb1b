import { SpellError, now } from '@llmspell/sdk'
import type {
  Contribution,
  EngineItem,
  ExtensionRegistry,
  HookPoint,
  Isolation,
  OpenRun,
  ProgramRequest,
  ProgramResult,
  ReplayResult,
  Run,
  RunOptions,
  RunRequest,
  RunResult,
  ScriptRuntime,
  Value,
} from '@llmspell/sdk'
import { toErrorRecord } from '@llmspell/sdk'
import { missing } from './builtin/budget.ts'
import type { RunFacts } from './builtin/run.ts'
import { scriptOrigin } from './context.ts'
import { chooseEngine } from './engines.ts'
import { budgetOf, result, runFacts, sessionFacts } from './facts.ts'
import { reasonOf } from './failure.ts'
import { runProgram } from './program.ts'
import { hostSide } from './host-side.ts'
import type { HostParts } from './host-side.ts'
import { RunScope } from './scope.ts'
import { untilEnded } from './until-ended.ts'
import { openInline } from './transport/inline.ts'
import type { HostSide, HostedSession } from './transport/session.ts'

export interface RuntimeParts extends HostParts {
  /** The file that a thread of a script starts with. */
  readonly threadMain: URL
  readonly extensions: ExtensionRegistry
  readonly done: HookPoint<'script.done'>
}

/** Runs scripts, and opens runs for hosts that make calls of their own. */
export class Runtime implements ScriptRuntime {
  readonly #parts: RuntimeParts
  readonly #scopes = new Map<string, RunScope>()

  constructor(parts: RuntimeParts) {
    this.#parts = parts
  }

  async run(request: RunRequest): Promise<RunResult> {
    const printed: string[] = []
    const write = request.write ?? ((text: string): void => void printed.push(text))
    const scope = this.#open({ ...request, write })
    const startedAt = now()
    try {
      const value = await this.#execute(scope, request)
      await this.#ended(scope, request, startedAt, undefined)
      return result(scope, value, printed, startedAt)
    } catch (error) {
      const reason = scope.redactor.error(reasonOf(error, scope.signal))
      await this.#ended(scope, request, startedAt, reason)
      throw reason
    } finally {
      this.#scopes.delete(scope.id)
    }
  }

  program(request: ProgramRequest): Promise<ProgramResult> {
    const { extensions, logger } = this.#parts
    const engine = chooseEngine(extensions, request)
    const open = (host: HostSide) => this.#session(engine, 'worker', host)
    return runProgram(request, open, logger)
  }

  open(options: RunOptions = {}): Run {
    const scope = this.#open(options)
    const origin = { ...scriptOrigin(scope), raw: true }
    const close = async (): Promise<void> => {
      this.#scopes.delete(scope.id)
      await scope.close()
    }
    return {
      id: scope.id,
      get usage() {
        return scope.budget.usage
      },
      get calls() {
        return scope.budget.calls
      },
      get journal() {
        return scope.journal.records()
      },
      call: async (module, fn, args) =>
        this.#parts.door.pass(scope, { module, function: fn, args }, origin),
      close,
      [Symbol.asyncDispose]: close,
    }
  }

  resume(): Promise<RunResult> {
    throw new SpellError('NOT_AVAILABLE', 'No executor of durable runs is installed.')
  }

  replay(): Promise<ReplayResult> {
    throw new SpellError('NOT_AVAILABLE', 'No executor of durable runs is installed.')
  }

  about(runId: string): OpenRun | undefined {
    const scope = this.#scopes.get(runId)
    if (!scope) return undefined
    const { file, settings = {} } = scope.options as Partial<RunRequest>
    const language = (scope.facts['engine'] as { readonly language?: string } | undefined)?.language
    return {
      ...(file === undefined ? {} : { file }),
      ...(language === undefined ? {} : { language }),
      settings,
      redact: (value) => scope.redactor.value(value),
    }
  }

  /** What the module `Run` knows of an open run. */
  factsOf(runId: string): RunFacts {
    const scope = this.scopeOf(runId)
    return {
      script: (scope.options as Partial<RunRequest>).file,
      budget: () => budgetOf(scope),
      cancel: (reason) => scope.cancel(reason),
    }
  }

  scopeOf(runId: string): RunScope {
    const scope = this.#scopes.get(runId)
    if (!scope) throw new SpellError('CANCELLED', `The run '${runId}' has ended.`)
    return scope
  }

  /** Ends all open runs. */
  async close(): Promise<void> {
    const open = [...this.#scopes.values()]
    for (const scope of open) scope.cancel(new SpellError('CANCELLED', 'The host is stopping.'))
    await Promise.all(open.map((scope) => scope.close()))
  }

  /** @throws NOT_AVAILABLE where limits are given that nobody would keep */
  #open(options: RunOptions): RunScope {
    const { tokens, cost } = options.limits ?? {}
    const limited = tokens !== undefined || cost !== undefined
    if (limited && !this.#parts.extensions.find('script-modules', 'Budget')) throw missing()
    const scope = new RunScope(options)
    this.#scopes.set(scope.id, scope)
    return scope
  }

  async #execute(scope: RunScope, request: RunRequest): Promise<Value | undefined> {
    const engine = chooseEngine(this.#parts.extensions, request)
    const isolation = isolationOf(request, engine)
    Object.assign(scope.facts, runFacts(scope, request, engine.item))
    const host = hostSide(this.#parts, scope, sessionFacts(scope, request))
    const session = await this.#session(engine, isolation, host)
    scope.invoke = (callback, args) => session.invoke(callback, args)
    try {
      return await untilEnded(scope, session, toTheEnd(scope, session, request))
    } finally {
      await session.close()
    }
  }

  async #session(
    engine: Contribution<EngineItem>,
    isolation: Isolation,
    host: HostSide,
  ): Promise<HostedSession> {
    if (isolation === 'inline')
      return openInline(await this.#parts.extensions.get('engines', engine.name), host)
    const { openWorker } = await import('./transport/worker.ts')
    const file = this.#parts.extensions.file(
      engine as Contribution<never>,
      engine.item.entry ?? './dist/index.js',
    )
    return openWorker({ main: this.#parts.threadMain, engine: file }, host)
  }

  async #ended(
    scope: RunScope,
    { file }: RunRequest,
    startedAt: number,
    error: unknown,
  ): Promise<void> {
    await scope.close()
    if (!this.#parts.done.used) return
    await this.#parts.done.call({
      run_id: scope.id,
      file,
      ok: error === undefined,
      ...(error === undefined ? {} : { error: toErrorRecord(error) as unknown as Value }),
      calls: scope.budget.calls,
      duration_ms: now() - startedAt,
    })
  }
}

/** The script, and then what it asked to be done at the end, also where it failed. */
async function toTheEnd(
  scope: RunScope,
  session: HostedSession,
  { source, file }: RunRequest,
): Promise<Value | undefined> {
  const ran = await session.run({ source, file }).then(
    (value) => ({ value, failures: [] as unknown[] }),
    (error: unknown) => ({ value: undefined, failures: [error] }),
  )
  const failures = [...ran.failures, ...(await scope.end(ran.failures[0]))]
  if (failures.length > 0) throw failures[0]
  return ran.value
}

function isolationOf(
  { isolation }: RunRequest,
  { name, item }: Contribution<EngineItem>,
): Isolation {
  if (isolation === 'inline' && !item.inline) {
    throw new SpellError(
      'INPUT_INVALID',
      `Engine '${name}' cannot run inline: it keeps its limits only in a thread of its own.`,
      {
        hint: 'Use --isolation=worker.',
      },
    )
  }
  return isolation ?? (item.inline ? 'inline' : 'worker')
}
