import { CONFIG, HELP, JSON_FLAG, type CommandSpec } from '../flags.ts'
import { explainHooks } from '../hooks/explain.ts'
import { listHooks } from '../hooks/list.ts'
import { define } from '../oclif/command.ts'

const FLAGS = [JSON_FLAG, CONFIG, HELP]
const LIST: CommandSpec = {
  id: 'hooks list',
  flags: FLAGS,
  args: [{ name: 'point', summary: 'Name or alias of one point' }],
}
const EXPLAIN: CommandSpec = {
  id: 'hooks explain',
  flags: FLAGS,
  args: [{ name: 'run', summary: 'Id of a traced run, its beginning, or latest (default)' }],
}

export const hooksList = define(
  LIST,
  {
    summary: 'List the hook points, and which installed plugins tap them',
    description: 'Loads no plugin: all of it stands in manifests.',
    examples: [
      { description: 'All of them', command: '<%= config.bin %> hooks list' },
      { description: 'One of them', command: '<%= config.bin %> hooks list tool.guard' },
    ],
  },
  listHooks,
)

export const hooksExplain = define(
  EXPLAIN,
  {
    summary: 'Show which hooks ran in a traced run, and what each changed',
    description: 'In the order in which they ended, each with the time that it took.',
    examples: [
      {
        description: 'Trace a run, then look at its hooks',
        command: "<%= config.bin %> exec --trace 'return 6 * 7' && <%= config.bin %> hooks explain",
      },
    ],
  },
  explainHooks,
)
