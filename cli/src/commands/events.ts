import { tailEvents } from '../events/tail.ts'
import { listTypes } from '../events/types.ts'
import { CONFIG, HELP, JSON_FLAG, QUIET, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'

const TAIL: CommandSpec = {
  id: 'events tail',
  flags: [
    { name: 'follow', char: 'f', kind: 'switch', summary: 'Also those that come, until Ctrl-C' },
    { name: 'since', kind: 'text', value: 'OFFSET', summary: 'All behind this offset; 0: all' },
    {
      name: 'limit',
      kind: 'text',
      value: 'N',
      summary: 'At most so many (default: 50, the newest)',
    },
    { ...JSON_FLAG, summary: 'A JSON line for each event' },
    QUIET,
    CONFIG,
    HELP,
  ],
  args: [{ name: 'pattern', summary: "Only these: order.paid, 'tool.*', '*.failed' (default: *)" }],
}
const TYPES: CommandSpec = { id: 'events types', flags: [JSON_FLAG, CONFIG, HELP], args: [] }

export const eventsTail = define(
  TAIL,
  {
    summary: 'Show kept events',
    description: `Events are kept where a script says persist, and of the types that
plugins.events.persist names in the config. The store has one owner: while a
durable run has it, this waits with --follow, and fails without.`,
    examples: [
      { description: 'The newest', command: '<%= config.bin %> events tail' },
      {
        description: 'What failed, as it comes',
        command: "<%= config.bin %> events tail '*.failed' --follow --json",
      },
    ],
  },
  tailEvents,
)

export const eventsTypes = define(
  TYPES,
  {
    summary: 'List the events that are published by themselves',
    examples: [
      { description: 'With their schemas', command: '<%= config.bin %> events types --json' },
    ],
  },
  listTypes,
)
