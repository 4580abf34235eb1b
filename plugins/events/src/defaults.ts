import type { Value } from '@llmspell/sdk'

type Payload = Readonly<Record<string, unknown>>

/** A point and the events that are made of what it hands out. */
export interface Default {
  readonly point: string
  readonly types: readonly string[]
  /** Which of the types it is this time. */
  readonly pick: (payload: Payload) => string
  /** Keys of the payload that become the data: nothing that could be private or large. */
  readonly keys: readonly string[]
}

const always = (type: string) => (): string => type

/** Every event that the host publishes by itself. */
export const DEFAULTS: readonly Default[] = [
  {
    point: 'agent.start',
    types: ['agent.started'],
    pick: always('agent.started'),
    keys: ['agent', 'model'],
  },
  {
    point: 'agent.done',
    types: ['agent.completed', 'agent.failed'],
    pick: ({ ok }) => (ok === true ? 'agent.completed' : 'agent.failed'),
    keys: ['agent', 'steps', 'tool_calls', 'cost', 'duration_ms', 'usage', 'error'],
  },
  {
    point: 'tool.done',
    types: ['tool.executed', 'tool.failed'],
    pick: ({ success }) => (success === true ? 'tool.executed' : 'tool.failed'),
    keys: ['tool', 'source', 'caller', 'duration_ms', 'error'],
  },
  {
    point: 'workflow.start',
    types: ['workflow.started'],
    pick: always('workflow.started'),
    keys: ['workflow', 'type', 'steps'],
  },
  {
    point: 'workflow.step',
    types: ['workflow.step.started'],
    pick: always('workflow.step.started'),
    keys: ['workflow', 'step', 'kind'],
  },
  {
    point: 'workflow.stepDone',
    types: ['workflow.step.completed', 'workflow.step.failed'],
    pick: ({ status }) =>
      status === 'failed' ? 'workflow.step.failed' : 'workflow.step.completed',
    keys: ['workflow', 'step', 'kind', 'status', 'duration_ms', 'retry_count', 'error'],
  },
  {
    point: 'workflow.done',
    types: ['workflow.completed', 'workflow.failed'],
    pick: ({ status }) => (status === 'failed' ? 'workflow.failed' : 'workflow.completed'),
    keys: ['workflow', 'type', 'duration_ms', 'steps', 'failed', 'error'],
  },
  {
    point: 'script.start',
    types: ['run.started'],
    pick: always('run.started'),
    keys: ['file', 'durable', 'resumed'],
  },
  {
    point: 'run.checkpoint',
    types: ['run.checkpoint'],
    pick: always('run.checkpoint'),
    keys: ['name', 'seq'],
  },
  {
    point: 'script.done',
    types: ['run.ended'],
    pick: always('run.ended'),
    keys: ['file', 'ok', 'calls', 'duration_ms', 'error'],
  },
  {
    point: 'state.changed',
    types: ['state.changed'],
    pick: always('state.changed'),
    keys: ['scope', 'key', 'op', 'version'],
  },
  ...[
    ['session.start', 'session.started'] as const,
    ['session.end', 'session.ended'] as const,
    ['session.saved', 'session.saved'] as const,
    ['session.restored', 'session.restored'] as const,
    ['session.checkpoint', 'session.suspended'] as const,
  ].map(([point, type]): Default => ({
    point,
    types: [type],
    pick: always(type),
    keys: ['session', 'name', 'status'],
  })),
  {
    point: 'budget.warning',
    types: ['budget.warning'],
    pick: always('budget.warning'),
    keys: ['who', 'limit', 'used', 'max'],
  },
  {
    point: 'permission.denied',
    types: ['permission.denied'],
    pick: always('permission.denied'),
    keys: ['subject', 'permission', 'actors', 'outcome', 'by'],
  },
]

/** Of an error only its code leaves: its words may hold what the run hides. */
export function dataOf(payload: Payload, keys: readonly string[]): Value {
  const entries = keys.flatMap((key): [string, Value][] => {
    const value = payload[key]
    if (value === undefined || value === null) return []
    if (key === 'error') return [['error_code', codeOf(value)]]
    return [[key, value as Value]]
  })
  return Object.fromEntries(entries)
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' ? code : 'INTERNAL'
}
