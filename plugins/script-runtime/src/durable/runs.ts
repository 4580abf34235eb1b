import { SpellError, fromErrorRecord } from '@llmspell/sdk'
import type {
  CancelOptions,
  DefinitionRef,
  ExecutorHost,
  ExtensionRegistry,
  Json,
  Logger,
  ReplayResult,
  ResumeOptions,
  RunContext,
  RunId,
  RunOptions,
  RunOutcome,
  RunRequest,
  RunResult,
  ScriptModuleHandlers,
  Value,
  WorkflowExecutor,
} from '@llmspell/sdk'
import { chooseEngine } from '../engines.ts'
import { timeId } from '../ids.ts'
import { told } from '../references.ts'
import { RunScope } from '../scope.ts'
import { checkDecisions } from './decisions.ts'
import { Attached, inputOf, requestOf } from './attached.ts'
import type { Lent } from './attached.ts'
import { fromJson, toJson } from './json.ts'
import { joined } from './joined.ts'
import { RunLife } from './life.ts'
import { Watch, waiting } from './watch.ts'
import type { WatchOptions } from './watch.ts'

export interface RunsParts {
  readonly extensions: ExtensionRegistry
  readonly logger: Logger
  /** Runs a script in its scope to its end. @throws the reason of the end */
  readonly live: (scope: RunScope, request: RunRequest) => Promise<Value | undefined>
}

/** Runs of scripts that survive their process: all that an executor has to know of scripts. */
export class DurableRuns implements ExecutorHost {
  readonly logger: Logger
  readonly #parts: RunsParts
  readonly #attached = new Map<string, Attached>()
  readonly #scopes = new Map<string, RunScope>()
  readonly #stopping = new AbortController()
  #started: Promise<WorkflowExecutor> | undefined

  constructor(parts: RunsParts) {
    this.#parts = parts
    this.logger = parts.logger
  }

  /** @throws what the script fails with; RUN_WAITING, RESUME_UNCERTAIN, REPLAY_MISMATCH */
  async run(request: RunRequest): Promise<RunResult> {
    const { name, item } = inlineEngine(this.#parts.extensions, request)
    const executor = await this.executor()
    const { runId = timeId(), waitMs, plugins: _, ...kept } = request.durable ?? {}
    const hash = await executor.blobs.put(new TextEncoder().encode(request.source))
    const definition = { name: request.file, hash, engine: { id: name, version: item.version } }
    const submit = async (): Promise<void> => {
      const input = inputOf(request, name)
      const { duplicate } = await executor.submit({ ...kept, runId, definition, input })
      if (duplicate) await joined(executor, runId, request, hash)
    }
    return this.#follow(runId, request, submit, { waitMs, signal: request.signal })
  }

  /** @throws RUN_NOT_FOUND, RUN_ENDED and what `run` throws */
  async resume(runId: RunId, options: ResumeOptions = {}): Promise<RunResult> {
    const executor = await this.executor()
    const { decide, onUnknown, source, waitMs, signal } = options
    const go = async (): Promise<void> => {
      if (decide) await checkDecisions(executor, runId, decide)
      const definition = source === undefined ? undefined : await changed(executor, runId, source)
      await executor.resume(runId, {
        ...(decide ? { decide } : {}),
        ...(onUnknown ? { onUnknown } : {}),
        ...(definition ? { definition } : {}),
      })
    }
    return this.#follow(runId, options, go, { waitMs, signal })
  }

  /** What undoes its steps has the rights that are given here, in place of those that it was started with. */
  async cancel(runId: RunId, { reason, timeoutMs, ...lent }: CancelOptions): Promise<void> {
    const executor = await this.executor()
    await this.#attend(runId, lent, async () => {
      await executor.cancel(runId, { reason, mode: 'graceful' })
      await executor.result(runId, timeoutMs === undefined ? {} : { timeoutMs })
    })
  }

  /** Nothing is executed: what was printed is printed again. */
  async replay(
    runId: RunId,
    options: Pick<RunOptions, 'write' | 'signal'> & { readonly until?: number } = {},
  ): Promise<ReplayResult> {
    const executor = await this.executor()
    const { write, until, signal } = options
    const key = keyOf(runId, 'replay')
    const own = new Attached(write ? { write } : {})
    this.#attached.set(key, own)
    try {
      const limits = { ...(until === undefined ? {} : { until }), ...(signal ? { signal } : {}) }
      const report = await executor.replay(runId, limits)
      const { outcome } = report
      const ok = outcome.status === 'succeeded' && own.scope !== undefined
      return { report, result: ok ? own.result(outcome.value) : undefined }
    } finally {
      this.#attached.delete(key)
    }
  }

  async runDefinition(ref: DefinitionRef, context: RunContext, input: Json): Promise<Json> {
    const { logger, live } = this.#parts
    const executor = await this.executor()
    const budget = await this.#budget()
    const key = keyOf(context.runId, context.mode)
    const own = this.#attached.get(key) ?? new Attached({})
    const bytes = await executor.blobs.get(ref.hash)
    if (!bytes) throw textMissing(ref)
    const request = requestOf(ref, new TextDecoder().decode(bytes), context, input, own.lent)
    const scope = new RunScope(request, new RunLife({ main: context, budget, logger, executor }))
    scope.printed = own.printed
    own.scope = scope
    this.#scopes.set(key, scope)
    try {
      return toJson(scope.redactor.value(told(await live(scope, request))))
    } finally {
      // A life that was dropped ends when its script does: the next one may have begun.
      if (this.#scopes.get(key) === scope) this.#scopes.delete(key)
    }
  }

  async invokeRecorded(context: RunContext, ref: number, args: Json): Promise<void> {
    const scope = this.#scopes.get(keyOf(context.runId, context.mode))
    const list = (fromJson(args) ?? []) as readonly Value[]
    // What it threw was told to the step that is answered.
    await scope?.enter(ref, list).catch(() => {})
  }

  /** Leaves all runs in their journals. */
  async close(): Promise<void> {
    this.#stopping.abort()
    const executor = await this.#started?.catch(() => undefined)
    const ids = [...this.#scopes.values()].map((scope) => scope.id)
    await Promise.allSettled(ids.map(async (id) => executor?.suspend(id)))
  }

  async #follow(
    runId: RunId,
    lent: Lent,
    start: () => Promise<void>,
    options: WatchOptions,
  ): Promise<RunResult> {
    const executor = await this.executor()
    return this.#attend(runId, lent, async (own) => {
      await start()
      const watch = new Watch(executor, runId, own, options)
      try {
        return settled(runId, own, await Promise.race([executor.result(runId), watch.over]))
      } finally {
        watch.stop()
      }
    })
  }

  /** Lends something to the lives that a run has meanwhile; who came first has lent already. */
  async #attend<T>(runId: RunId, lent: Lent, fn: (own: Attached) => Promise<T>): Promise<T> {
    const known = this.#attached.get(runId)
    const own = known ?? new Attached(lent)
    this.#attached.set(runId, own)
    try {
      return await fn(own)
    } finally {
      if (!known) this.#attached.delete(runId)
    }
  }

  async #budget(): Promise<ScriptModuleHandlers | undefined> {
    const { extensions } = this.#parts
    if (!extensions.find('script-modules', 'Budget')) return undefined
    return extensions.get('script-modules', 'Budget')
  }

  /** Started on first use. @throws NOT_AVAILABLE */
  executor(): Promise<WorkflowExecutor> {
    this.#started ??= this.#start()
    return this.#started
  }

  async #start(): Promise<WorkflowExecutor> {
    const { extensions } = this.#parts
    const [first] = extensions.list('executors')
    if (!first) throw noExecutor()
    const executor = await extensions.get('executors', first.name)
    await executor.start(this, { signal: this.#stopping.signal, recover: false })
    return executor
  }
}

/** A replay does not stand in the way of the run itself. */
const keyOf = (runId: RunId, mode: RunContext['mode']): string =>
  mode === 'replay' ? `replay ${runId}` : runId

function settled(runId: RunId, own: Attached, outcome: RunOutcome<Json>): RunResult {
  if (outcome.status === 'succeeded') return own.result(outcome.value, runId)
  if (outcome.status !== 'pending') throw fromErrorRecord(outcome.error)
  const { reason } = outcome.run
  throw reason ? fromErrorRecord(reason) : waiting(runId, outcome.run)
}

/** The definition of the run with another text. */
async function changed(
  executor: WorkflowExecutor,
  runId: RunId,
  source: string,
): Promise<DefinitionRef | undefined> {
  const row = await executor.get(runId)
  if (!row) return undefined
  const hash = await executor.blobs.put(new TextEncoder().encode(source))
  return { ...row.definition, hash }
}

function inlineEngine(extensions: ExtensionRegistry, request: RunRequest) {
  const engine = chooseEngine(extensions, request)
  if (engine.item.inline && request.isolation !== 'worker') return engine
  const found = engine.item.inline ? 'a thread of its own' : `the engine '${engine.name}'`
  throw new SpellError(
    'INPUT_INVALID',
    `A durable run expects an engine in the host's own thread, found ${found}.`,
    { hint: 'Use lua or javascript, and leave --isolation out.' },
  )
}

function noExecutor(): SpellError {
  return new SpellError('NOT_AVAILABLE', 'No executor of durable runs is installed.', {
    hint: "Install the plugins 'journal' and 'state'.",
  })
}

function textMissing({ name, hash }: DefinitionRef): SpellError {
  return new SpellError('JOURNAL_DAMAGED', `The text of '${name}' is no longer in the store.`, {
    hint: 'Restore the store from a backup.',
    details: { hash },
  })
}
