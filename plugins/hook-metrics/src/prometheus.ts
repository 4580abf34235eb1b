import { BOUNDS } from './buckets.ts'
import type { Labels, Measured, MetricsSnapshot } from './types.ts'

const HELP: Readonly<Record<string, string>> = {
  llmspell_hook_calls_total: 'Calls of hook points, by what they were about and how it ended.',
  llmspell_hook_duration_seconds: 'How long what a hook point tells of has taken.',
  llmspell_hook_taps_total: 'Calls of taps, by what they came to.',
  llmspell_hook_tap_seconds: 'How long taps took.',
  llmspell_model_tokens_total: 'Tokens that models have read and written.',
  llmspell_model_cost_dollars_total: 'What models cost, in US dollars.',
}

/** The text format of Prometheus, version 0.0.4. */
export function prometheusText({ counters, histograms }: MetricsSnapshot): string {
  const counted = grouped(counters).map(([name, rows]) => {
    const lines = rows.map(({ labels, value }) => line(name, labels, value))
    return head(name, 'counter') + lines.join('')
  })
  const measured = grouped(histograms).map(
    ([name, rows]) => head(name, 'histogram') + rows.map(histogramText).join(''),
  )
  return [...counted, ...measured].join('')
}

function grouped<R extends { readonly name: string }>(rows: readonly R[]): [string, R[]][] {
  return Object.entries(Object.groupBy(rows, ({ name }) => name)) as [string, R[]][]
}

function head(name: string, type: string): string {
  return `# HELP ${name} ${HELP[name] ?? name}\n# TYPE ${name} ${type}\n`
}

function histogramText({ name, labels, buckets, count, sum }: Measured): string {
  let below = 0
  const lines = buckets.map((found, i) => {
    below += found
    const le = BOUNDS[i] === undefined ? '+Inf' : String(BOUNDS[i])
    return line(`${name}_bucket`, { ...labels, le }, below)
  })
  return lines.join('') + line(`${name}_sum`, labels, sum) + line(`${name}_count`, labels, count)
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`)
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)
}
