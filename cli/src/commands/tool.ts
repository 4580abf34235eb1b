import type { ExtensionRegistry, Schema } from '@llmspell/sdk'
import {
  CONFIG,
  GRANTS,
  HELP,
  JSON_FLAG,
  LIMITS,
  NO_ASK,
  QUIET,
  type CommandSpec,
} from '../flags.ts'
import { define } from '../oclif/command.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { painter } from '../print/style.ts'
import { table } from '../print/table.ts'
import type { Stage } from '../stage.ts'
import { findTool } from '../tool/find.ts'
import { invokeTool } from '../tool/invoke.ts'
import { toolPage } from '../tool/page.ts'
import { inputSchema, toolEntries, type ToolEntry } from '../tool/schema.ts'

const NAME = { name: 'name', summary: 'Name of the tool', required: true }

const LIST: CommandSpec = { id: 'tool list', flags: [JSON_FLAG, CONFIG, HELP], args: [] }
const INFO: CommandSpec = { id: 'tool info', flags: [JSON_FLAG, CONFIG, HELP], args: [NAME] }
const INVOKE: CommandSpec = {
  id: 'tool invoke',
  flags: [
    {
      name: 'input',
      char: 'i',
      kind: 'text',
      value: 'JSON',
      summary: 'The whole input as a JSON object',
    },
    JSON_FLAG,
    CONFIG,
    QUIET,
    NO_ASK,
    HELP,
    ...GRANTS,
    ...LIMITS,
  ],
  args: [NAME],
  rest: '--KEY VALUE …',
}

async function list(stage: Stage): Promise<void> {
  const { extensions } = await stage.open(await stage.config())
  const entries = toolEntries(extensions)
  const rows = entries.map(({ name, item }) => [name, item.category, item.description])
  const texts = entries.map(({ name, plugin, item }) => ({
    name,
    description: item.description,
    category: item.category,
    effect: item.effect,
    permissions: item.permissions ?? {},
    source: plugin,
  }))
  const paint = painter(process.stdout.isTTY)
  out(
    stage.json
      ? `${toJson({ ok: true, tools: texts })}\n`
      : table(['TOOL', 'CATEGORY', 'WHAT IT DOES'], rows, paint),
  )
}

async function info(stage: Stage): Promise<void> {
  const { extensions } = await stage.open(await stage.config())
  const entry = findTool(extensions, stage.parsed.args[0]!)
  const input = inputSchema(extensions, entry)
  if (stage.json) out(`${toJson({ ok: true, tool: wholeTool(extensions, entry, input) })}\n`)
  else out(toolPage(entry, input, painter(process.stdout.isTTY)))
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
    examples: [{ description: 'List the tools', command: '<%= config.bin %> tool list' }],
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
    description: `Parameters are --key value pairs, converted as the tool's schema says.
One that has the name of a flag goes behind --, or into --input.`,
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
        command: `<%= config.bin %> tool invoke calculator --input '{"expression":"1+1"}'`,
      },
    ],
  },
  invokeTool,
)
