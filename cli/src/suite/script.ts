import { rmSync } from 'node:fs'
import type { Kernel } from '@llmspell/kernel'
import {
  now,
  toErrorRecord,
  type EngineItem,
  type RunRequest,
  type TapeMode,
  type TapeReport,
  type TestCase,
} from '@llmspell/sdk'
import type { Config } from '../config.ts'
import { DEFAULT_ISOLATION } from '../isolation.ts'
import { KernelLogger } from '../kernel/logger.ts'
import { openKernel } from '../kernel/open.ts'
import type { Source } from '../print/failure.ts'
import { pickEngine } from '../run/engine.ts'
import { isolation, runOptions, text } from '../run/options.ts'
import { policyChain } from '../run/policy.ts'
import { readSource } from '../run/source.ts'
import type { Stage } from '../stage.ts'
import { emptyHouse } from './empty.ts'
import { cassetteOf } from './find.ts'
import { outcome, wholeFailures } from './whole.ts'

/** The same numbers in every run: what they decide is in the cassette. */
const SEED = 'llmspell test'

export interface TestOptions {
  readonly mode: TapeMode
  /** Part of the names of the cases that are wanted. */
  readonly filter: string | undefined
  readonly bail: boolean
  /** True for state, sessions and artifacts of the user; else they are empty. */
  readonly userStore: boolean
  readonly onCase: (file: string, found: TestCase) => void
}

/** What became of one test script. */
export interface ScriptReport {
  readonly file: string
  readonly source: Source
  readonly cases: readonly TestCase[]
  readonly skipped: number
  readonly output: string
  readonly tape: TapeReport | undefined
}

/** Runs one test script in a kernel of its own, so that nothing of one reaches another. */
export async function runTest(
  stage: Stage,
  config: Config,
  file: string,
  options: TestOptions,
): Promise<ScriptReport> {
  const source = readSource(file)
  using house = options.userStore ? undefined : emptyHouse(config)
  const kernel = await openKernel(stage.root, house?.config ?? config, {
    logger: new KernelLogger('errors'),
    reread: false,
  })
  try {
    return await runIn(kernel, stage, config, source, options)
  } finally {
    await kernel.stop()
  }
}

async function runIn(
  kernel: Kernel,
  stage: Stage,
  config: Config,
  source: Source,
  options: TestOptions,
): Promise<ScriptReport> {
  const { file } = source
  const { filter, bail, mode } = options
  const cassette = cassetteOf(file)
  const tape = await (await kernel.use('recorder')).open({ file: cassette, mode, mayMiss: true })
  const bench = (await kernel.use('tests')).open({
    wants: (name) => filter === undefined || name.includes(filter),
    onCase: (found) => {
      options.onCase(file, found)
      if (bail && !found.ok) bench.stop()
    },
  })
  const printed: string[] = []
  const request = await requestOf(kernel, stage, config, source, printed)
  const settings = { ...request.settings, tape: tape.id, tests: bench.id }
  const runtime = await kernel.use('script-runtime')
  const started = now()
  const ended = await outcome(() => runtime.run({ ...request, settings }))
  const { cases, skipped } = bench.close()
  const isWhole =
    !('error' in ended) && skipped === 0 && cases.length > 0 && cases.every(({ ok }) => ok)
  const closed = await outcome(() => tape.close({ drop: isWhole }))
  if (mode === 'record' && closed.value?.recorded === 0) rmSync(cassette, { force: true })
  const whole = { cases, skipped, ended, closed, replays: mode === 'replay' }
  const own = [...wholeFailures(whole)].map(([name, error]): TestCase => {
    return { name, ok: false, durationMs: now() - started, error: toErrorRecord(error) }
  })
  for (const found of own) options.onCase(file, found)
  const output = printed.join('')
  return { file, source, cases: [...cases, ...own], skipped, output, tape: closed.value }
}

async function requestOf(
  kernel: Kernel,
  stage: Stage,
  config: Config,
  source: Source,
  printed: string[],
): Promise<RunRequest> {
  const { parsed } = stage
  const given = { seed: SEED, ...runOptions({ ...parsed, rest: [] }) }
  const engines = kernel.extensions.list<EngineItem & Record<string, unknown>>('engines')
  const engine = pickEngine(engines, source.file, text(parsed, 'engine'), config.engine)
  const model = config.model === undefined ? {} : { model: config.model }
  return {
    ...given,
    ...(await policyChain(stage, kernel, config, given)),
    source: source.text,
    file: source.file,
    engine: engine.name,
    isolation: isolation(parsed, engine.item.inline ? DEFAULT_ISOLATION : 'worker'),
    settings: { ...model, ...given.settings },
    write: (piece) => void printed.push(piece),
    log: ({ level, message }) => {
      if (level === 'warn' || level === 'error') printed.push(`${level}: ${message}\n`)
    },
  }
}
