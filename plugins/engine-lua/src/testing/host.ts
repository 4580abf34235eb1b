import type {
  HostCall, HostReply, LocalFunction, ScriptModule, ScriptSession, SessionOptions, Value,
} from '@llmspell/sdk'
import { toErrorRecord } from '@llmspell/sdk'
import { engine } from '../engine.ts'

/** A function of the host under test; what it throws is the failure. */
export type HostFunction = (call: HostCall) => Value | undefined | Promise<Value | undefined>

export interface TestHost {
  readonly session: ScriptSession
  readonly output: string[]
  readonly calls: HostCall[]
  readonly notes: HostCall[]
  run(source: string): Promise<Value | undefined>
}

export interface HostPlan {
  readonly modules?: readonly ScriptModule[]
  /** By `Module.function`. */
  readonly functions?: Readonly<Record<string, HostFunction>>
  readonly locals?: Readonly<Record<string, LocalFunction>>
  readonly args?: readonly string[]
  readonly seed?: string
  readonly memoryBytes?: number
  readonly enter?: <T>(fn: () => T) => T
  readonly write?: (text: string) => void
}

const failure = (error: unknown): HostReply => ({ ok: false, error: toErrorRecord(error) })

function reply(fn: HostFunction | undefined, call: HostCall): HostReply | Promise<HostReply> {
  try {
    if (!fn) throw new Error(`no function ${call.module}.${call.function}`)
    const value = fn(call)
    if (!(value instanceof Promise)) return { ok: true, value }
    return value.then((later) => ({ ok: true, value: later }), failure)
  } catch (error) {
    return failure(error)
  }
}

/** A session with a host such as a transport would be. */
export async function openHost(plan: HostPlan = {}): Promise<TestHost> {
  const output: string[] = []
  const calls: HostCall[] = []
  const notes: HostCall[] = []
  const modules = plan.modules ?? []
  const functions: Record<string, HostFunction> = {
    'Run.pause': ({ args }) =>
      new Promise((resolve) => setTimeout(() => resolve(undefined), args[0] as number)),
    ...plan.functions,
  }
  const call = (request: HostCall): HostReply | Promise<HostReply> => {
    calls.push(request)
    return reply(functions[`${request.module}.${request.function}`], request)
  }
  const options: SessionOptions = {
    facts: {
      runId: 'r1', script: 'main.lua', args: plan.args ?? [], seed: plan.seed ?? 'seed',
      startedAt: 1_700_000_000_000,
    },
    limits: { memoryBytes: plan.memoryBytes ?? 64 * 1024 * 1024 },
    modules: modules.map((module) => module.name),
    describe: (name) => modules.find((module) => module.name === name)!,
    locals: plan.locals ?? {},
    field: (module, name) => `${module}.${name}`,
    call,
    callInPlace: (request) => {
      const answer = call(request)
      return 'then' in answer ? failure(new Error('would block')) : answer
    },
    notify: (request) => void notes.push(request),
    write: plan.write ?? ((text) => void output.push(text)),
    enter: plan.enter ?? ((fn) => fn()),
  }
  const session = await engine.open(options)
  const run = (source: string) => session.run({ source, file: 'main.lua' })
  return { session, output, calls, notes, run }
}
