import { SpellError, durationMs } from '@llmspell/sdk'
import type {
  CallContext,
  HostCallback,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { validators } from '../generated/run.module.validate.js'
import { readBudget, withBudget } from './budget.ts'
import type { OwnBudget, Table } from './budget.ts'
import { loadModule } from './load-module.ts'

/** What the runtime knows of a run beyond the call context. */
export interface RunFacts {
  readonly script: string | undefined
  readonly budget: () => OwnBudget
  readonly cancel: (reason: SpellError) => void
}

export type FactsOf = (runId: string) => RunFacts

type Call<Args extends readonly unknown[]> = ScriptCall<Args>

/** What waits under a signal. One listener for all: each further one is compared with all before it. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

function waitersOf(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal)
  if (known) return known
  const stops = new Set<() => void>()
  waiting.set(signal, stops)
  const all = (): void => stops.forEach((stop) => stop())
  signal.addEventListener('abort', all, { once: true })
  return stops
}

function pause(ms: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const stops = waitersOf(signal)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const done = (): void => {
      stops.delete(stop)
      resolve(undefined)
    }
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
    stops.add(stop)
    if (signal.aborted) stop()
  })
}

async function getenv(context: CallContext, name: string): Promise<Value | undefined> {
  if (await context.call('Permission', 'can', ['env', name])) return process.env[name]
  const message = `os.getenv('${name}') reads nothing: the variable is not granted. Add --allow-env=${name}`
  context.share(`warned ${name}`, () => {
    context.log({ level: 'warn', message })
    return { value: true }
  })
  return undefined
}

/** Handlers of the module `Run`. */
export function runModule(factsOf: FactsOf): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      sleep: ({ args: [duration], context }: Call<[string | number]>) =>
        pause(durationMs(duration) ?? 0, context.signal),
      pause: ({ args: [ms], context }: Call<[number]>) => pause(ms, context.signal),
      progress: ({ args: [done, total, text], context }: Call<[number, number?, string?]>) => {
        const known = {
          ...(total === undefined ? {} : { total }),
          ...(text === undefined ? {} : { text }),
        }
        context.progress({ who: 'script', state: 'active', done, ...known })
        return undefined
      },
      budget: ({ args: [limits], context }: Call<[Table?]>) =>
        readBudget(context, factsOf(context.runId).budget(), limits),
      with_budget: ({ args: [limits, fn], context }: Call<[Table, HostCallback]>) =>
        withBudget(context, limits, fn),
      permissions: ({ context }: Call<[]>) => ({ ...context.grants[0]?.allow }) as Value,
      can: ({ args, context }: Call<[string, string]>) =>
        context.call('Permission', 'can', args) as Promise<Value>,
      on_end: ({ args: [fn], context }: Call<[HostCallback]>) => {
        context.onEnd(async () => void (await fn()))
        return undefined
      },
      cancel: ({ args: [reason], context }: Call<[string?]>) => {
        const error = new SpellError(
          'CANCELLED',
          `The script ended the run: ${reason ?? 'no reason given'}.`,
        )
        factsOf(context.runId).cancel(error)
        throw error
      },
      getenv: ({ args: [name], context }: Call<[string]>) => getenv(context, name),
      load_module: ({ args: [name, endings], context }: Call<[string, readonly string[]]>) =>
        loadModule(context, factsOf(context.runId).script, name, endings),
    },
  }
}
