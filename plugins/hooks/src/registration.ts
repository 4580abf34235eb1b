import { globMatcher, inputDuration, SpellError } from '@llmspell/sdk'
import type { HostCallback, LogEntry, Value } from '@llmspell/sdk'
import { callerIn, textAt } from './payload.ts'
import type { ScriptPoint } from './points.ts'

export type Priority = 'highest' | 'high' | 'normal' | 'low' | 'lowest'

export interface Where {
  readonly name?: string
  readonly agent?: string
  readonly caller?: string
}

/** What `Hook.register` takes beside point and function. */
export interface Options {
  readonly priority?: Priority
  readonly where?: Where
  readonly timeout?: number | string
  readonly once?: boolean
}

/** The script that a hook is of. */
export interface Owner {
  readonly runId: string
  readonly file: string
  readonly language: string
  /** True for a hook script: its hooks hold for all runs but its own. */
  readonly everywhere: boolean
  /** Place of a hook script in the configuration: its hooks keep it when it is started anew. */
  readonly place: number
  /** True for a run that its hooks are not asked about. */
  owns(runId: string | undefined): boolean
  log(entry: LogEntry): void
  /** Told when one of its hooks did not answer in time. */
  late?(): void
}

const ORDER: readonly Priority[] = ['highest', 'high', 'normal', 'low', 'lowest']
const TIMEOUT_MS = 5000
/** What a timer can count: a longer one would fire at once. */
const TIMEOUTS = [1, 2 ** 31 - 1] as const
/** Failures in a row after which a hook that only listens is switched off, and others are logged no more. */
export const FAILURES_IN_A_ROW = 5

type Filter = (data: unknown) => boolean

/** One function of a script at one point. */
export class Registration {
  readonly id: string
  readonly point: ScriptPoint
  /** The point as the script called it. */
  readonly named: string
  readonly owner: Owner
  readonly fn: HostCallback
  readonly priority: Priority
  readonly where: Where | undefined
  readonly once: boolean
  readonly timeoutMs: number
  calls = 0
  failures = 0
  failuresInARow = 0
  /** Calls that have not ended. */
  running = 0
  readonly #filters: readonly Filter[]

  /** @throws INPUT_INVALID where the point knows nothing that `where` asks for, and for a timeout out of range */
  constructor(
    id: string,
    point: ScriptPoint,
    named: string,
    owner: Owner,
    fn: HostCallback,
    options: Options,
  ) {
    this.id = id
    this.point = point
    this.named = named
    this.owner = owner
    this.fn = fn
    this.priority = options.priority ?? 'normal'
    this.where = options.where
    this.once = options.once ?? false
    const { timeout = TIMEOUT_MS } = options
    this.timeoutMs = inputDuration('Hook.register', 'timeout', timeout, TIMEOUTS)
    this.#filters = filtersOf(point, options.where ?? {})
  }

  /** Lower comes first. */
  get rank(): number {
    return ORDER.indexOf(this.priority)
  }

  /** True where it may be asked about what this run does. */
  holdsFor(runId: string | undefined): boolean {
    const { everywhere, runId: own } = this.owner
    return everywhere ? own !== runId && !this.owner.owns(runId) : own === runId
  }

  wants(data: unknown): boolean {
    return this.#filters.every((fits) => fits(data))
  }

  row(): Value {
    const { id, priority, calls, failures, owner } = this
    const where = this.where ? { where: { ...this.where } } : {}
    const { file, language } = owner
    return { id, point: this.named, priority, owner: file, language, ...where, calls, failures }
  }
}

function filtersOf(point: ScriptPoint, where: Where): readonly Filter[] {
  return (['name', 'agent', 'caller'] as const).flatMap((key) => {
    const pattern = where[key]
    if (pattern === undefined) return []
    const read = readerOf(point, key)
    if (!read) throw noSuchFilter(point, key)
    const fits = globMatcher(pattern)
    return [(data: unknown) => fits(read(data) ?? '')]
  })
}

function readerOf(
  { subject, payload }: ScriptPoint,
  key: 'name' | 'agent' | 'caller',
): ((data: unknown) => string | undefined) | undefined {
  const keys = (payload as { readonly properties?: object } | undefined)?.properties ?? {}
  if (key === 'name') return subject === undefined ? undefined : (data) => textAt(data, subject)
  if (key === 'agent') return 'agent' in keys ? (data) => textAt(data, 'agent') : undefined
  return 'caller' in keys || 'actor' in keys ? callerIn : undefined
}

function noSuchFilter({ name }: ScriptPoint, key: string): SpellError {
  const text = `The hook point '${name}' hands out nothing that 'where.${key}' could be compared with.`
  return new SpellError('INPUT_INVALID', text, {
    hint: 'Look at ctx.data in the function instead.',
  })
}
