import type {
  DefinitionRef,
  GrantChain,
  Json,
  RunContext,
  RunOptions,
  RunRequest,
  RunResult,
} from '@llmspell/sdk'
import { now } from '@llmspell/sdk'
import { result } from '../facts.ts'
import type { RunScope } from '../scope.ts'
import { fromJson, toJson } from './json.ts'

/** What the caller of a run lends to its life in this process. */
export type Lent = Pick<
  RunOptions,
  'grants' | 'ask' | 'answer' | 'write' | 'log' | 'onProgress' | 'compute' | 'journal'
>

/** One run as a caller in this process follows it. */
export class Attached {
  readonly lent: Lent
  readonly printed: string[] = []
  /** Of its present life. */
  scope: RunScope | undefined
  readonly #startedAt = now()

  constructor({ grants, ask, answer, write, log, onProgress, compute, journal }: Lent) {
    this.lent = defined({ grants, ask, answer, write, log, onProgress, compute, journal })
  }

  /** True while a person here has a question before them. */
  get asks(): boolean {
    return (this.scope?.life?.questions ?? 0) > 0
  }

  /** @param runId of a run that ended before this process knew it */
  result(value: Json, runId = ''): RunResult {
    const printed = this.lent.write ? [] : this.printed
    if (this.scope)
      return { ...result(this.scope, undefined, printed, this.#startedAt), value: fromJson(value) }
    const usage = { inputTokens: 0, outputTokens: 0, cost: 0 }
    const rest = { output: '', calls: 0, usage, durationMs: now() - this.#startedAt, journal: [] }
    return { runId, value: fromJson(value), ...rest }
  }
}

/** What a run keeps of its request for all its lives. */
type RunInput = Pick<RunOptions, 'args' | 'settings' | 'limits' | 'seed'> & {
  readonly root: string
  readonly grants: GrantChain
  readonly engine: string
}

export function inputOf(request: RunRequest, engine: string): Json {
  const { args, settings, limits, seed, allow = {}, deny = {} } = request
  const grants = request.grants ?? [{ holder: 'command line', allow, deny }]
  const root = request.root ?? process.cwd()
  const plugins = request.durable?.plugins
  return toJson({ args, root, settings, limits, grants, engine, seed, plugins })
}

/** The request of one life: what the run keeps, what its caller lends, and the signal of its journal. */
export function requestOf(
  { name }: DefinitionRef,
  source: string,
  { signal }: RunContext,
  input: Json,
  lent: Lent,
): RunRequest {
  return { ...(fromJson(input) as unknown as RunInput), ...lent, source, file: name, signal }
}

function defined<T extends object>(table: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as never
}
