import { CONFIG, HELP, JSON_FLAG, PLUGIN, RUN, type CommandSpec } from '../flags.ts'
import { define } from '../oclif/command.ts'
import { toJson } from '../print/envelope.ts'
import { out } from '../print/output.ts'
import { text } from '../run/options.ts'
import { readSource } from '../run/source.ts'
import type { Stage } from '../stage.ts'
import { runFile } from '../workflow/run.ts'
import { workflowFilesOf } from '../workflow/service.ts'
import { validateFile } from '../workflow/validate.ts'

const FILE = { name: 'file', summary: 'Workflow file, YAML or JSON; - reads stdin', required: true }

const RUN_FILE: CommandSpec = {
  ...RUN,
  id: 'workflow run',
  flags: RUN.flags.filter(({ name }) => name !== 'engine'),
  args: [FILE],
}
const VALIDATE: CommandSpec = {
  id: 'workflow validate',
  flags: [JSON_FLAG, CONFIG, PLUGIN, HELP],
  args: [FILE],
}
const GRAPH: CommandSpec = {
  id: 'workflow graph',
  flags: [
    {
      name: 'format',
      kind: 'text',
      value: 'mermaid|text',
      options: ['mermaid', 'text'],
      summary: 'A Mermaid flowchart (default), or a tree for the terminal',
    },
    JSON_FLAG,
    CONFIG,
    PLUGIN,
    HELP,
  ],
  args: [FILE],
}
const SCHEMA: CommandSpec = { id: 'workflow schema', flags: [JSON_FLAG, CONFIG, HELP], args: [] }

async function graph(stage: Stage): Promise<void> {
  stage.source = readSource(stage.parsed.args[0]!)
  const { file, text: source } = stage.source
  const { files } = await workflowFilesOf(stage)
  const format = text(stage.parsed, 'format') === 'text' ? 'text' : 'mermaid'
  const drawn = await files.graph(source, file, format)
  out(stage.json ? `${toJson({ ok: true, file, format, graph: drawn })}\n` : drawn)
}

async function schema(stage: Stage): Promise<void> {
  const { files } = await workflowFilesOf(stage)
  const written = await files.schema()
  out(stage.json ? `${toJson({ ok: true, schema: JSON.parse(written) as object })}\n` : written)
}

export const workflowRun = define(
  RUN_FILE,
  {
    summary: 'Run a workflow file',
    description: `The same as llmspell run for such a file. It is checked as a whole before its
first step. --key value gives the inputs that the file declares.`,
    examples: [
      {
        description: 'Run a workflow with one input',
        command: '<%= config.bin %> workflow run greet.yaml --who Ada',
      },
    ],
  },
  runFile,
)

export const workflowValidate = define(
  VALIDATE,
  {
    summary: 'Check a workflow file without running it',
    description: 'Prints all problems with their places. Exit code 0: sound; 3: not.',
    examples: [
      {
        description: 'Is it sound?',
        command: '<%= config.bin %> workflow validate greet.yaml',
      },
    ],
  },
  validateFile,
)

export const workflowGraph = define(
  GRAPH,
  {
    summary: 'Draw a workflow file',
    examples: [
      {
        description: 'As a Mermaid flowchart',
        command: '<%= config.bin %> workflow graph greet.yaml',
      },
      {
        description: 'As a tree',
        command: '<%= config.bin %> workflow graph greet.yaml --format=text',
      },
    ],
  },
  graph,
)

export const workflowSchema = define(
  SCHEMA,
  {
    summary: 'Print the JSON Schema of workflow files, for editors',
    examples: [{ description: 'Print it', command: '<%= config.bin %> workflow schema' }],
  },
  schema,
)
