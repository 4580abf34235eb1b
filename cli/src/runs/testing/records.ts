import type { JournalRecord, RunRow } from '@llmspell/sdk'

const START = Date.UTC(2026, 2, 1, 9, 0, 0)
const DEFINITION = {
  name: 'invoices.lua',
  hash: 'a'.repeat(64),
  engine: { id: 'lua', version: '5.4' },
} as const

type Body = JournalRecord extends infer Record
  ? Record extends JournalRecord
    ? Omit<Record, 'v' | 'n' | 'prev' | 'at'> & { readonly at: number }
    : never
  : never

/** Records in order; `at` in ms from the start. */
export function records(...bodies: readonly Body[]): JournalRecord[] {
  return bodies.map(
    (body, n) => ({ ...body, v: 1, n, prev: `${n}`, at: START + body.at }) as JournalRecord,
  )
}

/** A finished call. */
export function call(
  path: string,
  seq: number,
  at: number,
  more: Partial<Extract<JournalRecord, { kind: 'call' }>> = {},
): Body {
  return {
    kind: 'call',
    path,
    seq,
    at,
    name: path.split('/').at(-1)!.split('#')[0]!,
    args: { inline: [seq] },
    effect: 'idempotent',
    settled: { ok: true, value: { inline: `value ${seq}` } },
    attempts: 1,
    ms: 400,
    ...more,
  }
}

export const BEGIN: Body = {
  kind: 'begin',
  path: 'main',
  at: 0,
  definition: DEFINITION,
  input: { inline: {} },
  seed: 's',
  executor: 'embedded',
  tenant: 'local',
}

/** Two lanes, an error, a sleep, a mark, a signal and an end. */
export const STORY: readonly Body[] = [
  BEGIN,
  call('main/Agent.execute#0', 0, 1500, {
    ms: 1400,
    usage: { inputTokens: 120, outputTokens: 45, cost: 0.00123 },
  }),
  call('main/Workflow.run#1~left/Tool.execute#0', 1, 2000, { args: { inline: ['csv', {}] } }),
  call('main/Workflow.run#1~right%2fup/Tool.execute#0', 2, 2100, {
    settled: { ok: false, error: { code: 'TIMEOUT', message: "Tool 'x' took too long." } },
  }),
  {
    kind: 'mark',
    path: 'main/Run.checkpoint#2',
    at: 2200,
    label: 'half',
    data: { inline: { n: 2 } },
  },
  { kind: 'intent', path: 'main/Tool.execute#3', at: 2300, seq: 3, process: 'p', args: 'd' },
  call('main/Tool.execute#3', 3, 2400, {
    ms: 100,
    effect: 'unsafe',
    args: { blob: 'b', bytes: 2048 },
  }),
  {
    kind: 'timer',
    path: 'main/Run.sleep#4',
    at: 2400,
    timer: { bootId: 'b', monoMs: 1, wallMs: 1, delayMs: 300_000 },
  },
  { kind: 'fired', path: 'main/Run.sleep#4', at: 302_400 },
  {
    kind: 'arrival',
    path: 'main/Run.ask#5',
    at: 303_000,
    from: 'signal',
    name: 'approve',
    value: { inline: 'yes' },
    by: 'terminal',
  },
  { kind: 'end', path: 'main', at: 303_500, outcome: { ok: true, value: { inline: { sent: 3 } } } },
]

export function row(more: Partial<RunRow> = {}): RunRow {
  return {
    runId: '20260301-090000-a1b2c3',
    status: 'running',
    definition: DEFINITION,
    records: 11,
    bytes: 4096,
    createdAt: START,
    updatedAt: START + 303_500,
    ...more,
  }
}
