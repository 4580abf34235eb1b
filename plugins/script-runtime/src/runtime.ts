import { SpellError, now, toErrorRecord } from '@llmspell/sdk'
import type {
  Contribution,
  EngineItem,
  HookPoint,
  InteractiveRequest,
  InteractiveRun,
  Isolation,
  OpenProgram,
  OpenProgramRequest,
  OpenRun,
  ProgramRequest,
  ProgramResult,
  ReplayResult,
  Run,
  RunId,
  RunOptions,
  RunRequest,
  RunResult,
  ScriptRuntime,
  Value,
  WorkflowExecutor,
} from '@llmspell/sdk'
import { missing } from './builtin/budget.ts'
import type { RunFacts } from './builtin/run.ts'
import { DurableRuns } from './durable/runs.ts'
import { Resuming } from './durable/resuming.ts'
import { chooseEngine } from './engines.ts'
import { budgetOf, openRun, result, runFacts, sessionFacts } from './facts.ts'
import { reasonOf } from './failure.ts'
import { runProgram } from './program.ts'
import { hostRun } from './host-run.ts'
import { hostSide, type HostParts } from './host-side.ts'
import type { Lent } from './interactive/open.ts'
import { RunScope } from './scope.ts'
import { isolationOf } from './isolation.ts'
import { isEnd, toTheEnd } from './script-end.ts'
import { untilEnded } from './until-ended.ts'
import { openSession, type Places } from './transport/open.ts'
import type { HostSide, HostedSession } from './transport/session.ts'

export interface RuntimeParts extends HostParts, Places {
  readonly start: HookPoint<'script.start'>
  readonly done: HookPoint<'script.done'>
}

/** Runs scripts, and opens runs for hosts that make calls of their own. */
export class Runtime implements ScriptRuntime {
  readonly #parts: RuntimeParts
  readonly #scopes = new Map<string, RunScope>()
  readonly #durable: DurableRuns
  readonly #resuming: Resuming

  constructor(parts: RuntimeParts) {
    this.#parts = parts
    const { extensions, logger } = parts
    const live = (scope: RunScope, request: RunRequest) => this.#live(scope, request)
    this.#durable = new DurableRuns({ extensions, logger, live })
    this.#resuming = new Resuming(this.#durable)
  }

  async run(request: RunRequest): Promise<RunResult> {
    if (request.durable) {
      this.#checkLimits(request)
      return this.#durable.run(request)
    }
    const printed: string[] = []
    const write = request.write ?? ((text: string): void => void printed.push(text))
    const scope = this.#open({ ...request, write })
    const startedAt = now()
    const value = await this.#live(scope, request)
    return result(scope, value, printed, startedAt)
  }

  /** @throws the reason of the end */
  async #live(scope: RunScope, request: RunRequest): Promise<Value | undefined> {
    this.#scopes.set(scope.id, scope)
    const startedAt = now()
    try {
      if (scope.life) await this.#parts.door.ready()
      const value = await this.#execute(scope, request)
      await this.#ended(scope, request.file, startedAt, undefined)
      return value
    } catch (error) {
      const reason = scope.redactor.error(reasonOf(error, scope.signal))
      this.#parts.door.limits.tell(scope, reason)
      await this.#ended(scope, request.file, startedAt, reason)
      throw reason
    } finally {
      if (this.#scopes.get(scope.id) === scope) this.#scopes.delete(scope.id)
    }
  }

  program(request: ProgramRequest): Promise<ProgramResult> {
    const { extensions, logger } = this.#parts
    const engine = chooseEngine(extensions, request)
    return runProgram(request, (host) => this.#session(engine, 'worker', host), logger)
  }

  async openProgram(request: OpenProgramRequest): Promise<OpenProgram> {
    const { extensions, logger } = this.#parts
    const engine = chooseEngine(extensions, request)
    const { openProgram } = await import('./open-program.ts')
    return openProgram(request, (host) => this.#session(engine, 'worker', host), logger)
  }

  open(options: RunOptions = {}): Run {
    const scope = this.#open(options)
    return hostRun(scope, this.#parts.door, () => this.#scopes.delete(scope.id))
  }

  async interactive(request: InteractiveRequest): Promise<InteractiveRun> {
    this.#checkLimits(request)
    const { openEntries } = await import('./interactive/open.ts')
    const engine = chooseEngine(this.#parts.extensions, { file: '', ...request })
    return openEntries(request, this.#lent(engine))
  }

  resume(...asked: Parameters<ScriptRuntime['resume']>): Promise<RunResult> {
    return this.#durable.resume(...asked)
  }

  cancel(...asked: Parameters<ScriptRuntime['cancel']>): Promise<void> {
    return this.#durable.cancel(...asked)
  }

  executor(): Promise<WorkflowExecutor> {
    return this.#durable.executor()
  }

  replay(runId: RunId, options?: Parameters<ScriptRuntime['replay']>[1]): Promise<ReplayResult> {
    return this.#durable.replay(runId, options)
  }

  about(runId: string): OpenRun | undefined {
    const scope = this.#scopes.get(runId)
    return scope && openRun(scope)
  }

  /** What the module `Run` knows of an open run. */
  factsOf(runId: string): RunFacts {
    const scope = this.scopeOf(runId)
    return {
      script: (scope.options as Partial<RunRequest>).file,
      budget: () => budgetOf(scope),
      cancel: (reason) => scope.cancel(reason),
      resume: (asking, target, choice) => this.#resuming.resume(asking, target, choice),
      scope,
    }
  }

  scopeOf(runId: string): RunScope {
    const scope = this.#scopes.get(runId)
    if (!scope) throw new SpellError('CANCELLED', `The run '${runId}' has ended.`)
    return scope
  }

  #lent(engine: Contribution<EngineItem>): Lent {
    const startedAt = now()
    return {
      parts: this.#parts,
      engine,
      opened: (scope, file) => {
        this.#scopes.set(scope.id, scope)
        this.#begun(scope, file)
      },
      session: (host) => this.#session(engine, 'worker', host),
      ended: async (scope, file) => {
        await this.#ended(scope, file, startedAt, undefined)
        this.#scopes.delete(scope.id)
      },
    }
  }

  /** Ends all open runs. */
  async close(): Promise<void> {
    await this.#durable.close()
    const open = [...this.#scopes.values()]
    for (const scope of open) scope.cancel(new SpellError('CANCELLED', 'The host is stopping.'))
    await Promise.all(open.map((scope) => scope.close()))
  }

  /** @throws NOT_AVAILABLE where limits are given that nobody would keep */
  #checkLimits({ limits: { tokens, cost } = {} }: RunOptions): void {
    const limited = tokens !== undefined || cost !== undefined
    if (limited && !this.#parts.extensions.find('script-modules', 'Budget')) throw missing()
  }

  #open(options: RunOptions): RunScope {
    this.#checkLimits(options)
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
    scope.enter = (callback, args) => session.invoke(callback, args)
    scope.responds = () => session.responds()
    scope.invoke = scope.life?.entering(scope, scope.enter) ?? scope.enter
    this.#begun(scope, request.file)
    try {
      return await untilEnded(scope, session, toTheEnd(scope, session, request))
    } finally {
      await session.close()
    }
  }

  #session(
    engine: Contribution<EngineItem>,
    isolation: Isolation,
    host: HostSide,
  ): Promise<HostedSession> {
    return openSession(this.#parts, engine, isolation, host)
  }

  #begun({ id, life }: RunScope, file: string): void {
    if (!this.#parts.start.used || life?.main.mode === 'replay') return
    const resumed = life?.resumed ?? false
    this.#parts.start.call({ run_id: id, file, durable: life !== undefined, resumed })
  }

  async #ended(scope: RunScope, file: string, startedAt: number, error: unknown): Promise<void> {
    await scope.close()
    if (!this.#parts.done.used || !isEnd(scope)) return
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
