import type {
  HostCall,
  HostReply,
  LocalFunction,
  ScriptEngine,
  ScriptSession,
  SessionOptions,
} from '../contracts/engine.ts'
import type { ScriptModule } from '../contracts/script-module.ts'
import { SpellError, toErrorRecord } from '../errors.ts'
import type { Value } from '../values.ts'

type Answer = Value | undefined

/** A function of the host under test. What it throws is the failure that the script sees. */
export type EngineHostFunction = (call: HostCall) => Answer | Promise<Answer>

/** What the host of a test lends to a session. Everything has a default. */
export interface EngineHostPlan {
  readonly modules?: readonly ScriptModule[]
  /** By `Module.function`, methods as `Module.Handle.method`. */
  readonly functions?: Readonly<Record<string, EngineHostFunction>>
  readonly locals?: Readonly<Record<string, LocalFunction>>
  /** By `Module.field`. */
  readonly fields?: Readonly<Record<string, Value>>
  readonly args?: readonly string[]
  readonly seed?: string
  readonly startedAt?: number
  readonly memoryBytes?: number
  enter?<T>(fn: () => T): T
  write?(text: string): void
}

/** A session and what it did to its host. */
export interface EngineHost {
  readonly session: ScriptSession
  readonly output: string[]
  readonly calls: HostCall[]
  readonly notes: HostCall[]
  run(source: string): Promise<Answer>
}

const failure = (error: unknown): HostReply => ({ ok: false, error: toErrorRecord(error) })

function reply(fn: EngineHostFunction | undefined, call: HostCall): HostReply | Promise<HostReply> {
  const name = `${call.module}.${call.function}`
  try {
    if (!fn) throw new SpellError('NOT_AVAILABLE', `The host has no function '${name}'.`)
    const value = fn(call)
    if (!(value instanceof Promise)) return { ok: true, value }
    return value.then((later) => ({ ok: true, value: later }), failure)
  } catch (error) {
    return failure(error)
  }
}

function inPlace(answer: HostReply | Promise<HostReply>): HostReply {
  if (!('then' in answer)) return answer
  return failure(new SpellError('WOULD_BLOCK', 'The host cannot wait in place.'))
}

const TIMERS: Readonly<Record<string, EngineHostFunction>> = {
  'Run.pause': ({ args }) =>
    new Promise((resolve) => setTimeout(() => resolve(undefined), args[0] as number)),
}

/** Opens a session with a host such as a transport would be, but in one thread. */
export async function openEngineHost(
  engine: ScriptEngine,
  file: string,
  plan: EngineHostPlan = {},
): Promise<EngineHost> {
  const seen = { output: [] as string[], calls: [] as HostCall[], notes: [] as HostCall[] }
  const functions = { ...TIMERS, ...plan.functions }
  const call = (request: HostCall): HostReply | Promise<HostReply> => {
    seen.calls.push(request)
    return reply(functions[`${request.module}.${request.function}`], request)
  }
  const session = await engine.open({
    ...lent(plan, file),
    call,
    callInPlace: (request) => inPlace(call(request)),
    notify: (request) => void seen.notes.push(request),
    write: plan.write ?? ((text) => void seen.output.push(text)),
    enter: plan.enter ?? ((fn) => fn()),
  })
  return { session, ...seen, run: (source) => session.run({ source, file }) }
}

function lent(plan: EngineHostPlan, file: string) {
  const modules = new Map((plan.modules ?? []).map((module) => [module.name, module]))
  return {
    facts: {
      runId: 'run-1',
      script: file,
      args: plan.args ?? [],
      seed: plan.seed ?? 'seed',
      startedAt: plan.startedAt ?? 1_700_000_000_000,
    },
    limits: { memoryBytes: plan.memoryBytes ?? 64 * 1024 * 1024 },
    modules: [...modules.keys()],
    locals: plan.locals ?? {},
    describe: (name: string) => modules.get(name)!,
    field: (module: string, name: string) => plan.fields?.[`${module}.${name}`],
  } satisfies Partial<SessionOptions>
}
