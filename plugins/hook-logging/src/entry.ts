import {
  scrubbed,
  scrubbedText,
  type HookFacts,
  type HookPointInfo,
  type ScrubOptions,
  type Value,
} from '@llmspell/sdk'

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** One line before it is text. */
export interface Entry {
  readonly level: Level
  readonly fields: Record<string, unknown>
}

export type Redact = NonNullable<ScrubOptions['redact']>

export const LEVELS: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error']

const ENDED = /(?:\.d|D)one$/
const ALARM = /\.(?:error|warning|breaker|rollback)$|Failed$/
/** What ends with it is over as a whole. */
const WHOLE: ReadonlySet<string> = new Set(['script.done', 'agent.done', 'workflow.done'])
/** Facts of our own points that are short and no content. */
const FACTS: ReadonlySet<string> = new Set([
  'agent',
  'caller',
  'actor',
  'actors',
  'seq',
  'source',
  'effect',
  'step',
  'kind',
  'status',
  'type',
  'state',
  'attempts',
  'retry_count',
  'number',
  'steps',
  'failed',
  'failures',
  'finish_reason',
  'model',
  'mock',
  'cost',
  'usage',
  'calls',
  'subject',
  'permission',
  'target',
  'outcome',
  'by',
  'endpoint',
  'limit',
  'used',
  'max',
])

/** How much a payload matters. */
export function levelOf({ name, kind }: HookPointInfo, ok: boolean | undefined): Level {
  if (ok === false) return WHOLE.has(name) ? 'error' : 'warn'
  if (ALARM.test(name)) return 'warn'
  if (kind === 'notify') return 'trace'
  return ENDED.test(name) && name !== 'call.done' ? 'info' : 'debug'
}

/**
 * The fields of one line. Texts from the payload stay out where nobody knows any more what its run hides.
 * @param redactOf hides what an open run hides
 */
export function fieldsOf(
  info: HookPointInfo,
  payload: unknown,
  { runId, component, ok, code, ms }: HookFacts,
  redactOf: (runId: string) => Redact | undefined,
  whole: boolean,
): Record<string, unknown> {
  const redact = runId === undefined ? undefined : redactOf(runId)
  const known = runId === undefined || redact !== undefined
  const shown = known ? contents(payload, whole) : {}
  const fields: Record<string, unknown> = { time: Date.now(), point: info.name }
  if (runId !== undefined) fields['run'] = runId
  if (component !== undefined) fields['component'] = hidden(component, redact)
  if (ok !== undefined) fields['ok'] = ok
  if (ms !== undefined) fields['ms'] = Math.round(ms * 1000) / 1000
  if (code !== undefined) fields['code'] = scrubbedText(code, 80)
  return Object.assign(fields, scrubbed(shown, { redact }))
}

function hidden(text: string, redact: Redact | undefined): Value {
  return scrubbedText(redact ? (redact(text) as string) : text, 200)
}

function contents(payload: unknown, whole: boolean): object {
  if (typeof payload !== 'object' || payload === null) return {}
  const table = payload as Readonly<Record<string, unknown>>
  const facts: Record<string, unknown> = {}
  for (const key of Object.keys(table)) {
    if (FACTS.has(key) && !isContent(key, table[key])) facts[key] = table[key]
  }
  const message = (table['error'] as { readonly message?: unknown } | null | undefined)?.message
  if (typeof message === 'string') facts['error'] = message
  return whole ? { ...facts, payload } : facts
}

/** The outcome of a call holds its value. */
function isContent(key: string, value: unknown): boolean {
  return key === 'outcome' && typeof value === 'object'
}
