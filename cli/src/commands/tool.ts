import type { ExtensionRegistry, Schema } from '@llmspell/sdk'
import {
  CONFIG,
  GRANTS,
  HELP,
  JSON_FLAG,
  LIMITS,
  NO_ASK,
  PLUGIN,
  QUIET,
  TAPE,
  type CommandSpec,
} from '../flags.ts'
import { define } from '../oclif/command.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { text } from '../run/options.ts'
import type { Stage } from '../stage.ts'
import { findTool } from '../tool/find.ts'
import { invokeTool } from '../tool/invoke.ts'
import { toolPage } from '../tool/page.ts'
import { inputSchema, toolEntries, type ToolEntry } from '../tool/schema.ts'
import { checkFilter, entriesOf, filterOf, toolRow, toolTable } from '../tool/list.ts'

const NAME = { name: 'name', summary: 'Name of the tool', required: true }

const LIST: CommandSpec = {
  id: 'tool list',
  flags: [
    { name: 'category', kind: 'text', value: 'NAME', summary: 'Only those of this category' },
    { name: 'tag', kind: 'text', value: 'WORD', summary: 'Only those with this tag' },
    {
      name: 'permission',
      kind: 'text',
      value: 'NAME',
      summary: 'Only those that may need it: read, net …; none: those that need none',
    },
    { name: 'source', kind: 'text', value: 'PLUGIN', summary: 'Only those of this plugin' },
    {
      name: 'query',
      kind: 'text',
      value: 'WORDS',
      summary: 'Only those with these words in name, tags or description, best first',
    },
    JSON_FLAG,
    CONFIG,
    PLUGIN,
    HELP,
  ],
  args: [],
}
const INFO: CommandSpec = {
  id: 'tool info',
  flags: [JSON_FLAG, CONFIG, PLUGIN, HELP],
  args: [NAME],
}
const INVOKE: CommandSpec = {
  id: 'tool invoke',
  flags: [
    {
      name: 'params',
      char: 'p',
      kind: 'text',
      value: 'JSON',
      summary: 'The whole input as a JSON object; - reads it from stdin',
    },
    { name: 'input', char: 'i', kind: 'text', value: 'JSON', summary: 'The same as --params' },
    {
      name: 'stream',
      kind: 'switch',
      summary: 'Write content as it comes: text, bytes as they are, rows as lines',
    },
    JSON_FLAG,
    CONFIG,
    PLUGIN,
    QUIET,
    NO_ASK,
    HELP,
    ...GRANTS,
    ...LIMITS,
    ...TAPE,
  ],
  args: [NAME],
  rest: '--KEY VALUE …',
  // Only the tool's schema knows them.
  restChecks: true,
}
const FLAGS = INVOKE.flags.map(({ name }) => name)

async function list(stage: Stage): Promise<void> {
  const kernel = await stage.open(await stage.config())
  const filter = filterOf((flag) => text(stage.parsed, flag))
  const all = toolEntries(kernel.extensions)
  checkFilter(filter, all)
  const entries = filter
    ? entriesOf(kernel.extensions, (await kernel.use('tools')).list(filter))
    : all.toSorted((a, b) => a.item.category.localeCompare(b.item.category))
  if (stage.json) out(`${toJson({ ok: true, tools: entries.map(toolRow) })}\n`)
  else out(toolTable(entries, painter(process.stdout.isTTY)))
}

async function info(stage: Stage): Promise<void> {
  const { extensions } = await stage.open(await stage.config())
  const entry = findTool(extensions, stage.parsed.args[0]!)
  const input = inputSchema(extensions, entry)
  if (stage.json) out(`${toJson({ ok: true, tool: wholeTool(extensions, entry, input) })}\n`)
  else out(toolPage(entry, input, FLAGS, painter(process.stdout.isTTY)))
}

/** What the manifest says, with the documents that it names by their files. */
function wholeTool(extensions: ExtensionRegistry, entry: ToolEntry, input: Schema): object {
  const output = entry.item.output && { output: extensions.document(entry, 'output') }
  return { ...entry.item, input, ...output, source: entry.plugin }
}

export const toolList = define(
  LIST,
  {
    summary: 'List the tools that scripts and agents can use',
    examples: [
      { description: 'List the tools', command: '<%= config.bin %> tool list' },
      {
        description: 'Those that need no permission',
        command: '<%= config.bin %> tool list --permission none',
      },
    ],
  },
  list,
)

export const toolInfo = define(
  INFO,
  {
    summary: "Show a tool's parameters, permissions and an example",
    examples: [
      { description: 'What does it take?', command: '<%= config.bin %> tool info calculator' },
    ],
  },
  info,
)

export const toolInvoke = define(
  INVOKE,
  {
    summary: 'Call a tool as a script would',
    description: `Parameters are --key value pairs, converted as the tool's schema says. A list takes --key once for each
item, or a JSON array; an object takes JSON; - reads a value from stdin; --no-key is false. One that has the name
of a flag is written --param.KEY, goes behind --, or into --params. NAME --help shows the parameters.`,
    examples: [
      {
        description: 'Compute',
        command: "<%= config.bin %> tool invoke calculator --expression '2^10'",
      },
      {
        description: 'Read a file',
        command: '<%= config.bin %> tool invoke file-read --path README.md --allow-read=.',
      },
      {
        description: 'The input as JSON',
        command: `<%= config.bin %> tool invoke calculator --params '{"expression":"1+1"}'`,
      },
    ],
  },
  (stage) => invokeTool(stage, FLAGS),
)
