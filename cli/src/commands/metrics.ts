import { CONFIG, HELP, JSON_FLAG, type CommandSpec, type FlagSpec } from '../flags.ts'
import { COST_KEYS } from '../metrics/service.ts'
import { showCost, showMetrics } from '../metrics/show.ts'
import { define } from '../oclif/command.ts'

const SINCE: FlagSpec = {
  name: 'since',
  kind: 'text',
  value: 'AGE',
  summary: 'Only the days from then on: 12h, 7d (default: all that is kept)',
}
const SHOW: CommandSpec = {
  id: 'metrics',
  flags: [
    SINCE,
    { name: 'prometheus', kind: 'switch', summary: 'In the text format of Prometheus' },
    JSON_FLAG,
    CONFIG,
    HELP,
  ],
  args: [],
}
const COST: CommandSpec = {
  id: 'metrics cost',
  flags: [
    {
      name: 'by',
      kind: 'text',
      value: COST_KEYS.join('|'),
      options: COST_KEYS,
      summary: 'What is summed up for (default: model)',
    },
    SINCE,
    JSON_FLAG,
    CONFIG,
    HELP,
  ],
  args: [],
}

export const metrics = define(
  SHOW,
  {
    summary: 'Show how often what happened over runs, and how long it took',
    description: `Counts runs of the config that has [plugins.hook-metrics] enabled = true. Of the
times, half were at most the first, 95 of 100 at most the second.`,
    examples: [
      { description: 'All that is kept', command: '<%= config.bin %> metrics' },
      { description: 'For Prometheus', command: '<%= config.bin %> metrics --prometheus' },
    ],
  },
  showMetrics,
)

export const metricsCost = define(
  COST,
  {
    summary: 'Show what models cost over runs',
    description: 'Sums of the config that has [plugins.hook-cost] enabled = true.',
    examples: [
      {
        description: 'By day, of the last week',
        command: '<%= config.bin %> metrics cost --by day --since 7d',
      },
    ],
  },
  showCost,
)
