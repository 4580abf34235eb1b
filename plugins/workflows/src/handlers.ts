import type { ScriptCall, ScriptHandler, Value, WorkflowDefinition } from '@llmspell/sdk'
import { definitionOf } from './built.ts'
import type { Built } from './built.ts'
import { createWorkflow } from './create.ts'
import type { House } from './house.ts'
import { workflowsOf } from './registry.ts'
import { workflowMethods } from './methods.ts'
import { resumeRun } from './resume.ts'
import type { ResumeChoice } from './resume.ts'
import { runDefinition } from './run-definition.ts'

type Call<Args extends readonly unknown[]> = ScriptCall<Args>
type Given = Omit<WorkflowDefinition, 'type'>

const TYPES = ['sequential', 'conditional', 'loop', 'parallel', 'stream'] as const

/** One handler for each function of the module `Workflow`, methods as `Handle.method`. */
export function workflowHandlers(house: House): Readonly<Record<string, ScriptHandler>> {
  return { ...makers(house), ...lookups(), ...workflowMethods(house) }
}

function makers(house: House): Record<string, ScriptHandler> {
  const maker = (type: WorkflowDefinition['type']): ScriptHandler => {
    return ({ args: [given], context }: Call<[Given]>) =>
      createWorkflow(house, { ...given, type }, context).ref
  }
  return {
    ...Object.fromEntries(TYPES.map((type) => [type, maker(type)])),
    create: ({ args: [built], context }: Call<[Built]>) =>
      createWorkflow(house, definitionOf(built), context).ref,
    run: ({ args: [definition, input], context }: Call<[WorkflowDefinition, Value?]>) =>
      runDefinition(house, definition, input, context),
    resume: ({ args: [runId, choice], context }: Call<[string, ResumeChoice?]>) =>
      resumeRun(runId, choice, context),
  }
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
