import { readFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import type { Schema, SpellError, Value, WorkflowDefinition } from '@llmspell/sdk'
import type { Names } from '../check/index.ts'
import { inputGiven } from './arguments.ts'
import { graphOf } from '../graph/index.ts'
import { fileInvalid, readWorkflowFile, type FileProblem } from './workflow-file.ts'

/** What is known of a file without running it. */
export interface FileReport {
  readonly name: string
  readonly problems: readonly FileProblem[]
  readonly input: Schema
}

/** Service `workflow-files`: what tools around workflow files need. */
export interface WorkflowFiles {
  validate(text: string, file: string, names: Omit<Names, 'input'>): Promise<FileReport>
  /** All problems as one error, at the place of the first. */
  failure(file: string, report: FileReport): SpellError
  /** @throws WORKFLOW_INVALID */
  graph(text: string, file: string, format: 'mermaid' | 'text'): Promise<string>
  /**
   * What a host hands to the service `workflows`; `input` comes over that of the file.
   * @throws WORKFLOW_INVALID, INPUT_INVALID
   */
  read(
    text: string,
    file: string,
    input?: Value,
  ): Promise<{ readonly definition: WorkflowDefinition; readonly input: Value }>
  /** The JSON Schema of workflow files, as text. */
  schema(): Promise<string>
}

/** The service of this plugin. */
export const workflowFiles: WorkflowFiles = {
  async validate(text, file, names) {
    const { definition, problems, input } = await readWorkflowFile(text, file, names)
    return { name: definition.name, problems, input }
  },
  failure: (file, { name, problems }) => {
    const definition = { name, type: 'sequential' } as const
    return fileInvalid({ file, definition, place: () => undefined }, problems)
  },
  async graph(text, file, format) {
    const read = await readWorkflowFile(text, file)
    if (read.problems.length > 0) throw fileInvalid(read, read.problems)
    return graphOf(read.definition as unknown as Readonly<Record<string, unknown>>, format)
  },
  async read(text, file, given) {
    const read = await readWorkflowFile(text, file)
    if (read.problems.length > 0) throw fileInvalid(read, read.problems)
    const { definition, input: schema } = read
    return { definition, input: inputGiven(definition.name, given, schema, definition.input) }
  },
  schema: () => {
    const folder = dirname(findPackageJSON('.', import.meta.url)!)
    return readFile(join(folder, 'schemas', 'workflow-file.json'), 'utf8')
  },
}

declare module '@llmspell/sdk' {
  interface Services {
    'workflow-files': WorkflowFiles
  }
}
