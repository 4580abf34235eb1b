import { checkValue, SpellError, toErrorRecord } from '@llmspell/sdk'
import type { Schema, Value, WorkflowDefinition } from '@llmspell/sdk'
import { isTable, type Table } from '../check/fields.ts'
import { checkWorkflow, workflowInvalid, type Names, type Problem } from '../check/index.ts'
import { Findings, quoted } from '../check/problem.ts'
import { inputSchema } from './inputs.ts'
import type { Place } from './places.ts'
import { readSource, type Source } from './source.ts'

/** Versions of the file format that are read; the last is the one to write. */
const API_VERSIONS: readonly string[] = ['llmspell/v1']

export type FileProblem = Problem & Partial<Place>

/** A workflow file that has been read and checked. */
export interface WorkflowFile {
  readonly file: string
  readonly definition: WorkflowDefinition
  /** Of the input; closed where the file declares it. */
  readonly input: Schema
  readonly problems: readonly FileProblem[]
  place(path: string): Place | undefined
}

/** Reads and checks a file. Never throws for what it holds. */
export async function readWorkflowFile(
  text: string,
  file: string,
  names: Omit<Names, 'input'> = {},
  enter: <T>(fn: () => T) => T = (fn) => fn(),
): Promise<WorkflowFile> {
  const library = await import('yaml')
  return enter(() => checked(readSource(text, file, library), file, names))
}

function checked(source: Source, file: string, names: Names): WorkflowFile {
  const { value, problems, places } = source
  const place = (path: string): Place | undefined => places?.of(path)
  const findings = new Findings()
  const table = problems.length === 0 ? tableOf(value, findings) : undefined
  if (!table)
    return { ...NONE, file, place, problems: placed([...problems, ...findings.all], place) }
  checkVersion(table['apiVersion'], findings)
  const input = inputSchema(table, findings)
  const { apiVersion: _version, inputs: _inputs, ...definition } = table
  const found = [...findings.all, ...checkWorkflow(definition, { ...names, input })]
  const known = definition as unknown as WorkflowDefinition
  return { file, definition: known, input, place, problems: placed(found, place) }
}

const NONE = { definition: { name: '', type: 'sequential' }, input: {} } as const

/** The text's value as a table of plain data: references of ours have no place in it. */
function tableOf(value: Value | undefined, findings: Findings): Table | undefined {
  try {
    checkValue(value, { path: '', refs: false })
  } catch (error) {
    const { message, details } = toErrorRecord(error)
    const { path = '' } = (details ?? {}) as { path?: string }
    findings.add(path.replace(/^\./, ''), 'type', message)
    return undefined
  }
  if (isTable(value)) return value
  findings.add('', 'type', 'Expected a table with apiVersion, name, type and steps.')
  return undefined
}

function checkVersion(version: unknown, findings: Findings): void {
  const current = API_VERSIONS.at(-1)!
  if (typeof version === 'string' && API_VERSIONS.includes(version)) return
  const hint = `Write apiVersion: ${current}`
  if (version === undefined) {
    findings.add('apiVersion', 'version', 'The file does not say its apiVersion.', hint)
  } else {
    const found = typeof version === 'string' ? quoted(version) : 'no text'
    const message = `Expected apiVersion ${API_VERSIONS.join(' or ')}, found ${found}.`
    findings.add('apiVersion', 'version', message, hint)
  }
}

function placed(problems: readonly FileProblem[], place: WorkflowFile['place']): FileProblem[] {
  return problems.map((problem) => ({ ...place(problem.path), ...problem }))
}

/** `flow.yaml:3:5: steps[0].tool: Tool 'x' is not registered.` */
function problemLine(file: string, { path, message, line, column }: FileProblem): string {
  const at = line === undefined ? file : `${file}:${line}:${column}`
  return `${at}: ${path === '' ? '' : `${path}: `}${message}`
}

/** All problems of a file as one error, at the place of the first. */
export function fileInvalid(
  { file, definition, place }: Pick<WorkflowFile, 'file' | 'definition' | 'place'>,
  problems: readonly Problem[],
): SpellError {
  const error = workflowInvalid(definition.name === '' ? undefined : definition.name, problems)
  const rows = placed(problems, place)
  const [head] = error.message.split('\n')
  const text = [head, ...rows.map((row) => `  ${problemLine(file, row)}`)].join('\n')
  const first = rows.find(({ line }) => line !== undefined)
  return new SpellError(error.code, text, {
    hint: error.hint,
    details: { file, problems: rows.map((row) => ({ ...row })) },
    where: first && { file, line: first.line!, column: first.column! },
  })
}
