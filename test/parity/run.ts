import type { CallRecord, LogEntry, Progress, RunRequest, Value } from '@llmspell/sdk'
import { isSpellError } from '@llmspell/sdk'
import type { House } from '../support/kernel.ts'
import type { Engine } from './engines.ts'
import type { Scenario } from './scenario.ts'

/** What came of a script, without what may differ from run to run. */
export interface Outcome {
  readonly value?: unknown
  readonly error?: unknown
  readonly output: string
  readonly logs: unknown
  readonly progress: unknown
  readonly calls: readonly unknown[]
}

/** Runs a scenario in one engine. */
export async function outcome(
  house: House,
  engine: Engine,
  scenario: Scenario,
  root: string,
): Promise<Outcome> {
  const logs: LogEntry[] = []
  const progress: Progress[] = []
  const output: string[] = []
  const records: CallRecord[] = []
  const ended = await house.runtime
    .run({
      ...request(engine, scenario, root),
      log: (entry) => void logs.push(entry),
      onProgress: (entry) => void progress.push(entry),
      write: (text) => void output.push(text),
      journal: { append: (record) => void records.push(record), records: () => records },
    })
    .then(
      ({ value }) => ({ value: plain(value) }),
      (error: unknown) => ({ error: plainError(error, scenario.loose === true) }),
    )
  return {
    ...ended,
    output: output.join(''),
    logs: plain(logs),
    progress: plain(progress),
    calls: scenario.unordered ? sorted(calls(records)) : calls(records),
  }
}

function request(engine: Engine, scenario: Scenario, root: string): RunRequest {
  const source = engine.language === 'lua' ? scenario.lua : scenario.javascript
  const settings = { model: 'mock/demo' }
  const limits = { timeMs: 20_000 }
  return {
    source,
    file: 'script',
    engine: engine.name,
    root,
    settings,
    limits,
    ...scenario.options,
  }
}

const sorted = (rows: readonly unknown[]): readonly unknown[] =>
  rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** The host calls in the order of asking. How many chunks come at once is a matter of time. */
function calls(records: readonly CallRecord[]): readonly unknown[] {
  const rows = [...records]
    .sort((a, b) => a.seq - b.seq)
    .filter(({ module, function: name }) => !(module === 'Stream' && name === 'next'))
  return rows.map(({ module, function: name, actor, args, outcome: ended }) => {
    const came = ended.ok ? plain(ended.value) : { code: ended.error.code }
    return { call: `${module}.${name}`, actor, args: plain(named(module, args)), came }
  })
}

/** A tool may be called by its name as the language writes it. */
function named(module: string, args: Value): Value {
  if (module !== 'Tool' || !Array.isArray(args) || typeof args[0] !== 'string') return args
  return [snake(args[0]), ...(args as readonly Value[]).slice(1)]
}

const TIMED =
  /^(?:language|(?:duration|execution_time|time)_ms|run_id|run|runs|(?:created|updated)(?:_at)?|seq|sequence|timestamp|offset|replay|at|trace|where)$/
/** Ids that the host makes up. */
const MADE_UP = /\bsession-[0-9a-f]{20}\b/g

/** Data with names as the descriptions write them, and a star where runs may differ. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'string') return value.replaceAll(MADE_UP, '*')
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const isEvent = 'event_type' in value || 'eventType' in value
  const marked = isEvent || typeof (value as Record<string, Value>)['$llmspell'] === 'string'
  const rows = Object.entries(value)
    .map(([key, inner]) => [snake(key), inner] as const)
    .filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(
    rows.map(([key, inner]) => {
      const hidden = TIMED.test(key) || (marked && (key === 'id' || key === 'correlation_id'))
      return [key, hidden ? '*' : plain(inner)]
    }),
  )
}

const snake = (text: string): string =>
  text.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A complaint names keys as the script writes them. */
function plainError(error: unknown, loose: boolean): unknown {
  if (!isSpellError(error)) return { thrown: String(error) }
  const { code, message, details, cause } = error
  if (loose || code === 'SCRIPT_SYNTAX') return { code }
  const under = isSpellError(cause) ? cause.code : undefined
  return { code, message: snake(message), details: plain(inSnake(details)), cause: under }
}

/** Paths in the words of the descriptions. */
function inSnake(details: unknown): unknown {
  return details === undefined
    ? undefined
    : JSON.parse(JSON.stringify(details), (key, value: unknown) =>
        key === 'path' && typeof value === 'string' ? snake(value) : value,
      )
}
