import { SpellError, durationMs } from '@llmspell/sdk'
import type {
  CallContext,
  HookPoint,
  HostCallback,
  SchemaCompiler,
  ScriptCall,
  ScriptModuleHandlers,
  Value,
} from '@llmspell/sdk'
import { toJson } from '../durable/json.ts'
import { validators } from '../generated/run.module.validate.js'
import type { ResumeChoice } from '../durable/resuming.ts'
import type { RunScope } from '../scope.ts'
import { readBudget, withBudget } from './budget.ts'
import type { OwnBudget, Table } from './budget.ts'
import { journalRows } from './journal.ts'
import type { JournalFilter } from './journal.ts'
import { loadModule } from './load-module.ts'
import { pause } from './pause.ts'
import { askPerson, waitFor } from './wait.ts'
import type { AskOptions, WaitOptions } from './wait.ts'

/** What the runtime knows of a run beyond the call context. */
export interface RunFacts {
  readonly script: string | undefined
  readonly budget: () => OwnBudget
  readonly cancel: (reason: SpellError) => void
  readonly scope: RunScope
  /** Goes on with another run, with no more rights than the one that asks has. */
  readonly resume: (asking: CallContext, runId: string, choice?: ResumeChoice) => Promise<Value>
}

export type FactsOf = (runId: string) => RunFacts

type Call<Args extends readonly unknown[]> = ScriptCall<Args>

async function getenv(context: CallContext, name: string): Promise<Value | undefined> {
  if (await context.call('Permission', 'can', ['env', name])) return process.env[name]
  const message = `os.getenv('${name}') reads nothing: the variable is not granted. Add --allow-env=${name}`
  context.share(`warned ${name}`, () => {
    context.log({ level: 'warn', message })
    return { value: true }
  })
  return undefined
}

/** What a durable run does in its journal. */
function lasting(
  factsOf: FactsOf,
  schemas: SchemaCompiler,
  point: HookPoint<'run.checkpoint'>,
): ScriptModuleHandlers['functions'] {
  return {
    checkpoint: async ({ args: [name, data], context }: Call<[string, Value?]>) => {
      const kept = data === undefined ? undefined : toJson(data)
      const seq = (await context.durable?.mark(name, kept)) ?? context.seq
      if (!point.used || context.recorded) return seq
      const more = data === undefined ? {} : { data: structuredClone(data) }
      await point.call({ run_id: context.runId, name, seq, ...more })
      return seq
    },
    wait_for: ({ args: [signal, options], context }: Call<[string, WaitOptions?]>) =>
      waitFor(context, signal, options),
    ask: ({ args: [question, options], context }: Call<[string, AskOptions?]>) =>
      askPerson(context, factsOf(context.runId).scope, schemas, question, options),
    resume: ({ args: [runId, choice], context }: Call<[string, ResumeChoice?]>) =>
      factsOf(context.runId).resume(context, runId, choice),
    journal: ({ args: [filter], context }: Call<[JournalFilter?]>) =>
      context.stream(journalRows(factsOf(context.runId).scope.journal.records(), filter)),
  }
}

/** Handlers of the module `Run`. */
export function runModule(
  factsOf: FactsOf,
  schemas: SchemaCompiler,
  checkpoint: HookPoint<'run.checkpoint'>,
): ScriptModuleHandlers {
  return {
    validators,
    functions: {
      ...lasting(factsOf, schemas, checkpoint),
      sleep: async ({ args: [duration], context }: Call<[string | number]>) => {
        const ms = durationMs(duration) ?? 0
        await (context.durable?.sleep('sleep', ms) ?? pause(ms, context.signal))
      },
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
        const undo = context.onEnd(async () => void (await fn()))
        context.onUndo?.(undo)
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
