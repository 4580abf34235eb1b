import { durationMs } from '@llmspell/sdk'
import type { ScriptCall, ScriptHandler, Value, WorkflowDefinition } from '@llmspell/sdk'
import { createWorkflow } from './create.ts'
import type { House } from './house.ts'
import { workflowsOf } from './registry.ts'
import { runWorkflow } from './run.ts'
import type { Workflow } from './workflow.ts'

type Call<Args extends readonly unknown[]> = ScriptCall<Args>
type Given = Omit<WorkflowDefinition, 'type'>

interface Options {
  readonly timeout?: number | string
}

const TYPES = ['sequential', 'conditional', 'loop', 'parallel', 'stream'] as const

/** One handler for each function of the module `Workflow`, methods as `Handle.method`. */
export function workflowHandlers(house: House): Readonly<Record<string, ScriptHandler>> {
  return { ...makers(house), ...lookups(), ...methods(house) }
}

function makers(house: House): Record<string, ScriptHandler> {
  const maker = (type: WorkflowDefinition['type']): ScriptHandler => {
    return ({ args: [given], context }: Call<[Given]>) =>
      createWorkflow(house, { ...given, type }, context).ref
  }
  return Object.fromEntries(TYPES.map((type) => [type, maker(type)]))
}

function lookups(): Record<string, ScriptHandler> {
  return {
    types: () => [...TYPES],
    list: ({ context }: Call<[]>) =>
      workflowsOf(context)
        .list()
        .map(({ id, name, definition: { type }, status }) => ({ id, name, type, status })),
    get: ({ args: [id], context }: Call<[string]>) => workflowsOf(context).find(id)?.ref ?? null,
    remove: ({ args: [id], context }: Call<[string]>) => workflowsOf(context).remove(id),
    clear: ({ context }: Call<[]>) => {
      const all = workflowsOf(context)
      return all.list().filter(({ id }) => all.remove(id)).length
    },
  }
}

function methods(house: House): Record<string, ScriptHandler> {
  return {
    'Workflow.execute': ({
      args: [input, options = {}],
      self,
      context,
    }: Call<[Value?, Options?]>) => {
      const { timeout } = options
      const timeoutMs = timeout === undefined ? undefined : durationMs(timeout)
      return runWorkflow(self as Workflow, { house, context, input, timeoutMs })
    },
  }
}
