/** What payloads of most points say, whatever they call it. */
export interface HookFacts {
  readonly runId?: string
  /** What it is about: a tool, an agent, a model. */
  readonly component?: string
  readonly ok?: boolean
  /** Of the error. */
  readonly code?: string
  readonly ms?: number
}

type Table = Readonly<Record<string, unknown>>

const NAMES = ['tool', 'agent', 'workflow', 'model', 'provider', 'permission', 'file', 'id', 'who']
const GOOD: ReadonlySet<unknown> = new Set(['allowed', 'approved', 'completed', 'skipped'])
const BAD: ReadonlySet<unknown> = new Set(['denied', 'refused', 'failed'])

/**
 * Reads a payload, for plugins that listen at points they do not know.
 * @param subject dotted path of the payload to what it is about, as the manifest of its owner says
 */
export function hookFacts(payload: unknown, subject?: string): HookFacts {
  if (typeof payload !== 'object' || payload === null) return {}
  const table = payload as Table
  const runId = table['run_id'] ?? table['runId']
  const component = componentOf(table, subject)
  // Filled, not spread: this runs in every call that somebody listens to.
  const facts: { -readonly [K in keyof HookFacts]: HookFacts[K] } = {}
  const code = codeOf(table['error'] ?? (table['outcome'] as Table | undefined)?.['error'])
  const ok = okOf(table, code)
  const ms = table['duration_ms'] ?? table['durationMs'] ?? table['ms']
  if (typeof runId === 'string') facts.runId = runId
  if (component !== undefined) facts.component = component
  if (ok !== undefined) facts.ok = ok
  if (code !== undefined) facts.code = code
  if (typeof ms === 'number') facts.ms = ms
  return facts
}

function componentOf(table: Table, subject: string | undefined): string | undefined {
  const own = subject === undefined ? undefined : at(table, subject)
  if (typeof own === 'string') return own
  const { module, function: fn } = table
  if (typeof module === 'string' && typeof fn === 'string') return `${module}.${fn}`
  for (const name of NAMES) if (typeof table[name] === 'string') return table[name]
  return undefined
}

function at(table: Table, path: string): unknown {
  if (!path.includes('.')) return table[path]
  let found: unknown = table
  for (const key of path.split('.')) found = (found as Table | undefined)?.[key]
  return found
}

function okOf(table: Table, code: string | undefined): boolean | undefined {
  const { outcome } = table
  const said = table['ok'] ?? table['success'] ?? (outcome as Table | undefined)?.['ok']
  if (typeof said === 'boolean') return said
  const word = table['status'] ?? outcome
  if (BAD.has(word) || code !== undefined) return false
  return GOOD.has(word) ? true : undefined
}

function codeOf(error: unknown): string | undefined {
  const code = (error as Table | null | undefined)?.['code']
  return typeof code === 'string' ? code : undefined
}
