import type { DurableOptions, EngineItem, RunRequest, RunResult, Value } from '@llmspell/sdk'
import type { Kernel } from '@llmspell/kernel'
import type { Config } from '../config.ts'
import { traced, tracing } from '../hooks/traced.ts'
import { DEFAULT_ISOLATION } from '../isolation.ts'
import type { Source } from '../print/failure.ts'
import { ProgressLine } from '../print/progress.ts'
import type { Parsed } from '../parse.ts'
import { durableOptions } from '../runs/options.ts'
import type { Stage } from '../stage.ts'
import { pickEngine } from './engine.ts'
import { Interrupt } from './interrupt.ts'
import { isolation, isOn, runOptions, text } from './options.ts'
import { policyChain } from './policy.ts'
import { withTape } from './tape.ts'
import { liveEvents } from '../events/live.ts'
import { conclude, wires } from './wires.ts'

/** A script to run. */
export interface Script {
  /** Reads its text. Called after the flags are known to be right. */
  readonly read: () => Source
  /** Stands for the command line where that is not the script's own. */
  readonly parsed?: Parsed
  /** Folder that its paths start from; default the working folder. */
  readonly folder?: string
  /** Prints each wait for a model as a line of its own: a pipe has no progress line. */
  readonly narrate?: boolean
  /** Cancels the run from outside. */
  readonly signal?: AbortSignal
}

type Run = (request: RunRequest) => Promise<RunResult>

const ALL_WARNING = 'warning: --allow-all lets the script do everything that you may do\n'

/** Runs a script and prints what comes of it. @throws what the script, the door or the engine raise */
export async function runScript(stage: Stage, script: Script): Promise<void> {
  const parsed = script.parsed ?? stage.parsed
  const options = runOptions(parsed)
  const durable = durableOptions(parsed)
  stage.source = script.read()
  const config = traced(await stage.config(), stage.parsed)
  const kernel = await stage.open(config)
  const engines = kernel.extensions.list<EngineItem & Record<string, unknown>>('engines')
  const engine = pickEngine(engines, stage.source.file, text(parsed, 'engine'), config.engine)
  const runtime = await kernel.use('script-runtime')
  const placed = { ...options, ...(script.folder === undefined ? {} : { root: script.folder }) }
  const request: RunRequest = {
    ...placed,
    ...(await policyChain(stage, kernel, config, placed)),
    source: stage.source.text,
    file: stage.source.file,
    engine: engine.name,
    isolation: isolation(parsed, engine.item.inline ? DEFAULT_ISOLATION : 'worker'),
    settings: { ...defaults(config), ...options.settings },
    ...(durable ? { durable: { ...durable, ...(await brought(kernel, config)) } } : {}),
  }
  const { file } = stage.source
  await tracing(stage, kernel, () =>
    perform(stage, kernel, script, request, (wired) =>
      withTape(stage, kernel, file, (tape) =>
        inSession(kernel, parsed, { ...wired, settings: { ...wired.settings, ...tape } }, (whole) =>
          runtime.run(whole),
        ),
      ),
    ),
  )
}

/** What a later life of the run needs to find. */
async function brought(
  kernel: Kernel,
  { files }: Config,
): Promise<Pick<DurableOptions, 'plugins'>> {
  if (!files) return {}
  const { filesOf } = await import('../runs/plugins.ts')
  const plugins = filesOf(kernel, files)
  return plugins.length > 0 ? { plugins } : {}
}

async function inSession(
  kernel: Kernel,
  parsed: Parsed,
  request: RunRequest,
  run: Run,
): Promise<RunResult> {
  const session = text(parsed, 'session')
  if (session === undefined) return run(request)
  const { withinSession } = await import('../session/within.ts')
  return withinSession(kernel, session, request, run)
}

function defaults({ model }: Config): Record<string, Value> {
  return model === undefined ? {} : { model }
}

async function perform(
  stage: Stage,
  kernel: Kernel,
  { narrate, signal }: Script,
  request: RunRequest,
  run: Run,
): Promise<void> {
  const line = new ProgressLine({ quiet: stage.json || stage.quiet, narrate: narrate === true })
  stage.printed = stage.json ? [] : undefined
  if (isOn(stage.parsed, 'allow-all') && !stage.quiet) line.line(ALL_WARNING)
  using interrupt = request.isolation === 'worker' ? new Interrupt() : undefined
  const signals = [interrupt?.signal, signal].filter((one) => one !== undefined)
  const cancel = signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}
  const wired = { ...request, ...wires(stage, line), ...cancel }
  await using _events = await liveEvents(stage, kernel)
  try {
    conclude(stage, line, await performed(stage, kernel, line, wired, run))
  } finally {
    line.clear()
  }
}

async function performed(
  stage: Stage,
  kernel: Kernel,
  line: ProgressLine,
  request: RunRequest,
  run: Run,
): Promise<RunResult> {
  const { durable } = request
  if (durable?.runId === undefined) return run(request)
  const { runId } = durable
  const { attended, patience } = await import('../runs/attend.ts')
  return attended({ stage, kernel, line, runId }, (compute) =>
    run({ ...request, compute, durable: { ...durable, ...patience(stage) } }),
  )
}
