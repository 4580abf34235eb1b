import { fromErrorRecord, SpellError } from '@llmspell/sdk'
import type {
  Chunk,
  ErrorRecord,
  Evaluation,
  ScriptSession,
  SessionOptions,
  Value,
} from '@llmspell/sdk'
import type { Problem } from '../check/index.ts'
import { inputOf } from './arguments.ts'
import { fileInvalid, readWorkflowFile, type WorkflowFile } from './workflow-file.ts'

/** A session whose scripts are workflow files: it checks one, and has the host run it. */
export class WorkflowSession implements ScriptSession {
  readonly #options: SessionOptions
  #closed = false

  constructor(options: SessionOptions) {
    this.#options = options
  }

  async run({ source, file }: Chunk): Promise<Value | undefined> {
    const options = this.#options
    if (this.#closed) throw closed()
    const read = await readWorkflowFile(source, file, {}, (fn) => options.enter(fn))
    if (read.problems.length > 0) throw fileInvalid(read, read.problems)
    const { definition, input: schema } = read
    const input = inputOf(definition.name, options.facts.args, schema, definition.input)
    const args = [definition as unknown as Value, input]
    const reply = await options.call({ module: 'Workflow', function: 'run', args })
    if (!reply.ok) throw failure(reply.error, read)
    return (reply.value as { readonly result?: Value } | undefined)?.result
  }

  async evaluate(line: string): Promise<Evaluation> {
    await Promise.resolve(line)
    return { status: 'error', error: NO_LINES }
  }

  complete(): readonly string[] {
    return []
  }

  invoke(callback: number): Promise<never> {
    const message = `There is no callback ${callback}: a workflow file holds no functions.`
    return Promise.reject(new SpellError('INPUT_INVALID', message))
  }

  release(): void {}

  memory(): number {
    return 0
  }

  close(): Promise<void> {
    this.#closed = true
    return Promise.resolve()
  }
}

const NO_LINES: ErrorRecord = {
  code: 'NOT_AVAILABLE',
  message: 'A workflow file is read as a whole, not line by line.',
  hint: 'Use lua or javascript here.',
}

function closed(): SpellError {
  return new SpellError('CANCELLED', 'The session is closed.')
}

/** What the host finds wrong with the definition, at its place in the file. */
function failure(error: ErrorRecord, read: WorkflowFile): SpellError {
  const { problems } = (error.details ?? {}) as { readonly problems?: readonly Problem[] }
  if (!Array.isArray(problems) || error.code === 'WORKFLOW_FAILED') return fromErrorRecord(error)
  const { message, details, hint, where } = fileInvalid(read, problems as readonly Problem[])
  return new SpellError(error.code, message, { details, hint, where })
}
