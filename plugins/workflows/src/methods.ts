import { durationMs } from '@llmspell/sdk'
import type { ScriptCall, ScriptHandler, Value, WorkflowFunction } from '@llmspell/sdk'
import { asTool } from './as-tool.ts'
import type { AsToolOptions } from './as-tool.ts'
import { problemsOf } from './checked.ts'
import { events } from './events.ts'
import { kindOf } from './forms.ts'
import type { House } from './house.ts'
import { notExecuted, stepNotFound } from './missing.ts'
import { runWorkflow } from './run.ts'
import type { RunRequest } from './execution.ts'
import type { Workflow } from './workflow.ts'

type Call<Args extends readonly unknown[]> = ScriptCall<Args>
type Executed = Call<[Value?, { readonly timeout?: number | string }?]>

const selfOf = ({ self }: { readonly self?: unknown }): Workflow => self as Workflow

/** One handler for each method of the handle. */
export function workflowMethods(house: House): Record<string, ScriptHandler> {
  return { ...executing(house), ...outputs(), ...describing(house), ...holding() }
}

function executing(house: House): Record<string, ScriptHandler> {
  const request = ({ args: [input, options = {}], context }: Executed): RunRequest => {
    const { timeout } = options
    return {
      house,
      context,
      input,
      timeoutMs: timeout === undefined ? undefined : durationMs(timeout),
    }
  }
  return {
    'Workflow.execute': (call: Executed) => runWorkflow(selfOf(call), request(call)),
    'Workflow.stream': (call: Executed) => call.context.stream(events(selfOf(call), request(call))),
    'Workflow.as_tool': (call: Call<[AsToolOptions?]>) =>
      asTool(selfOf(call), call.args[0] ?? {}, house, call.context),
  }
}

function outputs(): Record<string, ScriptHandler> {
  const rowsOf = (call: Call<readonly unknown[]>) => {
    const workflow = selfOf(call)
    if (!workflow.last) throw notExecuted(workflow.name)
    return workflow.last
  }
  const done = (call: Call<[]>) =>
    rowsOf(call).rows.list.filter(({ status }) => status === 'completed')
  return {
    'Workflow.get_output': (call: Call<[string]>) => {
      const { rows, id } = rowsOf(call)
      const [step] = call.args
      const row = rows.list.findLast(({ name }) => name === step)
      if (!row) throw stepNotFound(selfOf(call).name, step, rows.list)
      const { name, output, status, duration_ms, retry_count } = row
      return { step_name: name, step_id: `${id}/${name}`, output, status, duration_ms, retry_count }
    },
    'Workflow.get_all_outputs': (call: Call<[]>) =>
      Object.fromEntries(done(call).map(({ name, output }) => [name, output])),
    'Workflow.list_outputs': (call: Call<[]>) => [...new Set(done(call).map(({ name }) => name))],
    'Workflow.clear_outputs': (call: Call<[]>) => ({ deleted: selfOf(call).forget() }),
    'Workflow.get_execution_id': (call: Call<[]>) => rowsOf(call).id,
  }
}

function describing(house: House): Record<string, ScriptHandler> {
  return {
    'Workflow.get_info': (call: Call<[]>) => {
      const { id, name, status, definition } = selfOf(call)
      const { type, description = '', steps = [], branches = [] } = definition
      const all = [
        ...steps,
        ...branches.flatMap((branch) => branch.steps),
        ...(definition.default ?? []),
      ]
      const rows = all.map((step) => ({ name: step.name!, kind: kindOf(step) }))
      return { id, name, type, description, status, steps: rows }
    },
    'Workflow.validate': (call: Call<[]>) => {
      const errors = problemsOf(selfOf(call).definition, house, call.context)
      return { valid: errors.length === 0, errors: errors.map((problem) => ({ ...problem })) }
    },
    'Workflow.set_shared_data': (call: Call<[string, Value]>) => {
      selfOf(call).share(...call.args)
    },
    'Workflow.get_shared_data': (call: Call<[string]>) => selfOf(call).shared(call.args[0]) ?? null,
  }
}

function holding(): Record<string, ScriptHandler> {
  const chained = (act: (workflow: Workflow) => void) => (call: Call<readonly unknown[]>) => {
    act(selfOf(call))
    return selfOf(call).ref
  }
  const setter =
    (key: 'before' | 'after' | 'on_error') =>
    ({ args: [fn], self }: Call<[WorkflowFunction]>) => {
      const workflow = self as Workflow
      workflow.definition = { ...workflow.definition, [key]: fn }
      return workflow.ref
    }
  return {
    'Workflow.on_before_execute': setter('before'),
    'Workflow.on_after_execute': setter('after'),
    'Workflow.on_error': setter('on_error'),
    'Workflow.pause': chained((workflow) => workflow.gate.close()),
    'Workflow.resume': chained((workflow) => workflow.gate.open()),
    'Workflow.cancel': chained((workflow) => workflow.cancel()),
  }
}
