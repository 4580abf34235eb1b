import { SpellError } from '@llmspell/sdk'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { usageText } from '../print/spent.ts'
import { painter, type Paint } from '../print/style.ts'
import { table } from '../print/table.ts'
import { isOn, text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { duration } from '../units.ts'
import {
  costsOf,
  metricsOf,
  type CostRow,
  type COST_KEYS,
  type Counted,
  type Measured,
  type Totals,
} from './service.ts'

const CALLS = 'llmspell_hook_calls_total'
const TIMES = 'llmspell_hook_duration_seconds'
const NOTHING = `Nothing is counted. Switch it on in your config: [plugins.hook-metrics] enabled = true\n`
const NO_COST = `No cost is noted. Switch it on in your config: [plugins.hook-cost] enabled = true\n`

/** `metrics`. */
export async function showMetrics(stage: Stage): Promise<void> {
  if (stage.json && isOn(stage.parsed, 'prometheus')) throw both()
  const since = sinceOf(stage)
  const kernel = await stage.open(await stage.config())
  const metrics = await metricsOf(kernel)
  const totals = await metrics.totals(since)
  if (stage.json) out(`${toJson({ ok: true, bounds: metrics.bounds, ...totals })}\n`)
  else if (isOn(stage.parsed, 'prometheus')) out(metrics.prometheus(totals))
  else out(overview(totals, metrics.bounds, painter(process.stdout.isTTY)))
}

/** `metrics cost`. */
export async function showCost(stage: Stage): Promise<void> {
  const by = (text(stage.parsed, 'by') ?? 'model') as (typeof COST_KEYS)[number]
  const since = sinceOf(stage)
  const kernel = await stage.open(await stage.config())
  const rows = await (await costsOf(kernel)).totals(by, since)
  if (stage.json) out(`${toJson({ ok: true, by, rows })}\n`)
  else if (rows.length === 0) out(NO_COST)
  else
    out(
      table(
        [by.toUpperCase(), 'CALLS', 'SPENT'],
        rows.map(costCells),
        painter(process.stdout.isTTY),
      ),
    )
}

function costCells({ key, calls, input_tokens, output_tokens, cost, unpriced }: CostRow): string[] {
  const spent = usageText({ inputTokens: input_tokens, outputTokens: output_tokens, cost })
  const unknown = unpriced > 0 ? `${unpriced} without a known price` : ''
  return [key, String(calls), [spent, unknown].filter(Boolean).join(', ')]
}

function sinceOf({ parsed }: Stage): number | undefined {
  const given = text(parsed, 'since')
  return given === undefined ? undefined : Date.now() - duration('since', given)
}

function overview(totals: Totals, bounds: readonly number[], paint: Paint): string {
  const calls = totals.counters.filter(isShown)
  if (calls.length === 0) return NOTHING
  const groups = Object.groupBy(calls, ({ labels }) => `${labels['point']} ${labels['component']}`)
  const rows = Object.values(groups).map((group) => {
    const { point = '', component = '' } = group![0]!.labels
    const sum = (outcome?: string): number =>
      group!
        .filter(({ labels }) => outcome === undefined || labels['outcome'] === outcome)
        .reduce((all, { value }) => all + value, 0)
    const times = totals.histograms.find(
      ({ name, labels }) =>
        name === TIMES && labels['point'] === point && labels['component'] === component,
    )
    return [point, String(sum()), String(sum('failed')), timesText(times, bounds), component]
  })
  const head = ['POINT', 'CALLS', 'FAILED', 'USUAL, SLOW', 'ABOUT']
  const lost = totals.unreadable > 0 ? `${totals.unreadable} damaged lines were passed over.\n` : ''
  return table(head, rows.toSorted(byFirst), paint) + lost
}

/** What plugins and chunks come to is for programs. */
function isShown({ name, labels }: Counted): boolean {
  return name === CALLS && labels['kind'] !== 'notify' && !labels['point']?.startsWith('kernel.')
}

const byFirst = ([a = '']: readonly string[], [b = '']: readonly string[]): number =>
  a.localeCompare(b)

/** Half of all are at most the first, 95 of 100 at most the second: as far as buckets tell. */
function timesText(times: Measured | undefined, bounds: readonly number[]): string {
  if (!times || times.count === 0) return ''
  return [0.5, 0.95].map((share) => timeText(quantile(times, share, bounds))).join(', ')
}

function quantile({ buckets, count }: Measured, share: number, bounds: readonly number[]): number {
  let below = 0
  const bucket = buckets.findIndex((found) => (below += found) >= share * count)
  return bounds[bucket] ?? Infinity
}

function timeText(seconds: number): string {
  if (seconds === Infinity) return 'long'
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} us`
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`
}

function both(): SpellError {
  return new SpellError('FLAG_INVALID', "Flags '--json' and '--prometheus' cannot both be given.", {
    hint: 'Leave one of them out.',
  })
}
