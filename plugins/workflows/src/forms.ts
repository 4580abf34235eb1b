import { isRef } from '@llmspell/sdk'
import type { HandleRef, StepDefinition, Value, WorkflowFunction } from '@llmspell/sdk'
import type { StepKind } from './types.ts'

/** What a script may write for a step: the table, or what is run itself. */
export type StepEntry = StepDefinition | HandleRef | WorkflowFunction

/** Keys of a step that say what it does. */
const FORMS: readonly StepKind[] = ['tool', 'agent', 'workflow', 'run', 'steps', 'template']

/** The forms that a step has; a sound one has exactly one. */
function formsOf(step: StepDefinition): readonly StepKind[] {
  return FORMS.filter((form) => (step as Readonly<Record<string, unknown>>)[form] !== undefined)
}

/** The form of a checked step. */
export function kindOf(step: StepDefinition): StepKind {
  return formsOf(step)[0]!
}

const HANDLES: Readonly<Record<string, StepKind>> = {
  Tool: 'tool',
  Agent: 'agent',
  Workflow: 'workflow',
}

/** A bare function, tool, agent or workflow as a step. */
export function tableOf(entry: StepEntry): StepDefinition {
  if (typeof entry === 'function') return { run: entry }
  if (!isRef(entry, 'handle')) return entry
  const form = HANDLES[entry.type]
  return form === undefined ? { type: entry.type } : { [form]: entry }
}

/** A value as text for templates and results: structures as JSON. */
export function textOf(value: Value | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (isRef(value, 'handle')) return value.id
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  return typeof value === 'object' ? JSON.stringify(value, shown) : String(value)
}

function shown(_key: string, value: unknown): unknown {
  if (isRef(value, 'handle')) return value.id
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
